import type { Member, User } from "../../api/users";
import { withoutAbsent } from "../../engine/properties";

/** A user of a client account, as functions return it. What Gcore does not show is absent. */
export interface GetUserResult {
  /** ID of the user. */
  userId: number;
  /** ID of the client account. */
  client: number;
  /** Email address the user logs in with. */
  email?: string;
  /** The user's name. */
  name?: string;
  /** The user's phone number. */
  phone?: string;
  /** Language of the control panel and of emails: de, en, ru, zh or az. */
  lang?: string;
  /** Name of the user's company. */
  company?: string;
  /** ID of the reseller. */
  reseller?: number;
  /** The user's groups in the account. */
  groups?: { id?: number; name?: string }[];
  /** Whether the user has confirmed their email address. */
  activated?: boolean;
  /** Whether the user is deleted. */
  deleted?: boolean;
  /** Whether the user may log in by SAML SSO. */
  ssoAuth?: boolean;
  /** Whether two-step verification is enabled. */
  twoFa?: boolean;
  /** Login methods: password, sso, github, google-oauth2. */
  authTypes?: string[];
  /** The user's type; `getUser` only. */
  userType?: string;
  /** Whether the user is active; `getUser` only. */
  isActive?: boolean;
}

/** @internal */
export const userResult = (user: Member & { client: number } & Partial<User>): GetUserResult =>
  withoutAbsent({
    userId: user.id,
    client: user.client,
    email: user.email,
    name: user.name,
    phone: user.phone,
    lang: user.lang,
    company: user.company,
    reseller: user.reseller,
    groups: user.groups?.map(withoutAbsent),
    activated: user.activated,
    deleted: user.deleted,
    ssoAuth: user.sso_auth,
    twoFa: user.two_fa,
    authTypes: user.auth_types,
    userType: user.user_type,
    isActive: user.is_active,
  }) as GetUserResult;
