import type { ClientUserArgs, GetClientResult, GetUserResult, Service } from "pulumi-gcore-reseller";

/** A client account as an entry of a fleet file, which examples/fleet declares. */

/** What a fleet file has of an account that is adopted. */
export interface Entry {
  /** Email address of the managed user; absent where the account is managed without a user. */
  email?: string;
  company?: string;
  name?: string;
  phone?: string;
  lang?: string;
  customId?: string;
  /** ID, or email address. */
  seller?: number | string;
  countryCode?: string;
  isTest?: boolean;
  /** `"<clientId>/<userId>"`, or `"<clientId>"` without a user. */
  adoptId: string;
  /** Availability by product, where it is not the reseller's default. */
  products?: Record<string, boolean>;
  /** Status by product. */
  services?: Record<string, string>;
  /** Names, or IDs where a name is not unique. */
  features?: (string | number)[];
}

export interface Declaration {
  client: number;
  entry: Entry;
  /** IDs of features, which a program in TypeScript takes. */
  freeFeatures: number[];
  paidFeatures: number[];
  /** What the reader of the file should know; a comment where the format has comments. */
  notes: string[];
}

export interface Context {
  /** Whether statuses of services are written. */
  services: boolean;
  /** Whether features are written. */
  features: boolean;
  /** The reseller's default availability by product. */
  defaults: Record<string, boolean>;
  /** The account's availability by product; empty if it has the defaults. */
  availability: Record<string, boolean>;
  /** Email addresses of sellers by ID. */
  sellers: ReadonlyMap<number, string>;
  /** Names of features by ID. */
  featureNames: ReadonlyMap<number, string>;
  /** Email addresses of users that are written already: a user may belong to several accounts. */
  emails: Set<string>;
}

const products = ["CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"] as const satisfies Service["productName"][];
const languages = ["de", "en", "ru", "zh", "az"] as const satisfies ClientUserArgs["lang"][];
const isLanguage = (lang: string | undefined) => languages.some((one) => one === lang);
/** Statuses that a program can declare, and that no time ends by itself. */
const lastingStatuses = ["trial", "active", "paused"];

/** Whether the products that the list shows as available are not the reseller's defaults. */
export const differsFromDefaults = ({ capabilities }: GetClientResult, defaults: Record<string, boolean>): boolean =>
  products.some((product) => product in defaults && defaults[product] !== capabilities.includes(product));

export function declarationOf(client: GetClientResult, context: Context): Declaration {
  const { company, countryCode, isTest, seller, customId } = client;
  const users = client.users.filter((user) => !user.deleted && user.email !== undefined);
  const user = company === undefined ? undefined : managedUser(client, users, context.emails);
  const { name, phone } = user ?? client;
  if (user?.email !== undefined) context.emails.add(user.email.toLowerCase());

  const features = context.features ? [...client.freeFeatures, ...client.paidFeatures] : [];
  const entry = {
    email: user?.email,
    company,
    name: name || undefined,
    phone: phone || undefined,
    lang: isLanguage(user?.lang) ? user?.lang : undefined,
    customId: isMark(customId) ? undefined : customId || undefined,
    seller: seller === undefined ? undefined : (context.sellers.get(seller) ?? seller),
    // An account without a user takes no country.
    countryCode: user && countryCode,
    isTest: isTest || undefined,
    adoptId: user ? `${client.client}/${user.userId}` : String(client.client),
    products: filled(personal(context)),
    services: context.services ? filled(statuses(client)) : undefined,
    features:
      features.length > 0 ? features.map((one) => context.featureNames.get(one.featureId) ?? one.featureId) : undefined,
  };
  return {
    client: client.client,
    entry: Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as unknown as Entry,
    freeFeatures: context.features ? client.freeFeatures.map(({ featureId }) => featureId) : [],
    paidFeatures: context.features ? client.paidFeatures.map(({ featureId }) => featureId) : [],
    notes: notesOf(client, users, user),
  };
}

/** The account's owner, else its first user who has confirmed the email address, else its first one. */
function managedUser(client: GetClientResult, users: GetUserResult[], taken: ReadonlySet<string>) {
  const free = users.filter(({ email = "" }) => !taken.has(email.toLowerCase()));
  return free.find(({ userId }) => userId === client.owner) ?? free.find(({ activated }) => activated) ?? free[0];
}

const isMark = (customId: string | undefined) => customId?.trim().startsWith("pulumi:") === true;

const personal = ({ availability, defaults }: Context) =>
  Object.fromEntries(
    products.flatMap((product) => {
      const available = availability[product];
      return available === undefined || available === defaults[product] ? [] : [[product, available]];
    }),
  );

const statuses = ({ services }: GetClientResult) =>
  Object.fromEntries(
    products.flatMap((product) => {
      const { status = "" } = services[product] ?? {};
      return lastingStatuses.includes(status) ? [[product, status]] : [];
    }),
  );

const filled = <T extends object>(map: T): T | undefined => (Object.keys(map).length > 0 ? map : undefined);

function notesOf(client: GetClientResult, users: GetUserResult[], user: GetUserResult | undefined): string[] {
  const { customId = "" } = client;
  const others = users.filter((one) => one !== user).map(({ email }) => email);
  const isMore = user !== undefined && others.length > 0;
  return [
    ...(isMark(customId) ? [`customId left out: it is the mark of ${whoseMark(customId)}`] : []),
    ...(isMore ? [`more users, which are not managed: ${others.join(", ")}`] : []),
    ...(user === undefined ? [whyAlone(client, others)] : []),
  ].map((note) => note.replace(/\s+/g, " "));
}

/** Why an account is managed without a user. */
function whyAlone({ company }: GetClientResult, emails: (string | undefined)[]): string {
  if (company === undefined) return "no company: managed as an account alone";
  if (emails.length === 0) return "no user: managed as an account alone";
  return `managed as an account alone: ${emails.join(", ")} belongs to an account above too`;
}

/** `pulumi:<project>/<stack>/<name>` in words. */
function whoseMark(mark: string): string {
  const [, project, stack, name] = /^\s*pulumi:([^/]*)\/([^/]*)\/(.*)$/s.exec(mark) ?? [];
  return name === undefined ? mark : `${name} in the stack ${project}/${stack}, which may still manage the account`;
}
