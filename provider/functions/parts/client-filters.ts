import { z } from "zod";
import type { Query } from "../../api/pages";
import * as inputs from "../../engine/inputs";
import { queryOf } from "./query";

/** Status of a product of an account. */
export type ServiceStatus = "new" | "trial" | "trialend" | "active" | "paused" | "activating" | "deleted";

/** Filters of client accounts, all optional. An account must match all of them. */
export interface ClientFilters {
  /** Name of the client's company. */
  company?: string | undefined;
  /** Email address of the account. */
  email?: string | undefined;
  /** Name of the account's contact. */
  name?: string | undefined;
  /** The reseller's own ID of the account. */
  customId?: string | undefined;
  /** ID of the account's seller. */
  seller?: number | undefined;
  /** ID of the account's reseller. */
  reseller?: number | undefined;
  /** Country, ISO 3166-1 alpha-2; null: accounts without a country. */
  countryCode?: string | null | undefined;
  /** true: only deleted accounts; false: only others. Default: both. */
  deleted?: boolean | undefined;
  /** true: only test accounts; false: only others. Default: both. */
  isTest?: boolean | undefined;
  /** Whether the account is activated. */
  activated?: boolean | undefined;
  /** common, reseller or sales. */
  clientType?: "common" | "reseller" | "sales" | undefined;
  /** How the account is billed. */
  billType?: string | undefined;
  /** Created at this time or later; a date, or its text in RFC 3339. */
  createdAtGte?: Date | string | undefined;
  /** Created at this time or earlier; a date, or its text in RFC 3339. */
  createdAtLte?: Date | string | undefined;
  /** Email address of one of the users. */
  usersEmail?: string | undefined;
  /** Name of one of the users. */
  usersName?: string | undefined;
  /** IDs of features, of which the account has one. */
  featureIds?: readonly number[] | undefined;
  /** Products with an availability of their own, not the reseller's default. */
  personalProductAvailability?: readonly string[] | undefined;
  /** IDs of accounts that are left out. */
  excludedClients?: readonly number[] | undefined;
  /** Status of the product CDN. */
  cdn?: ServiceStatus | undefined;
  /** Status of the product Storage. */
  storage?: ServiceStatus | undefined;
  /** Status of the product DDoS protection. */
  ddos?: ServiceStatus | undefined;
  /** Status of the product DNS. */
  dns?: ServiceStatus | undefined;
  /** Status of the product Cloud. */
  cloud?: ServiceStatus | undefined;
  /** Status of the product Infrastructure Protection. */
  infrastructureProtection?: ServiceStatus | undefined;
  /** Status of the product Connect. */
  connect?: ServiceStatus | undefined;
  /** Least traffic volume that the account may have, in GB. */
  minTraffic?: number | undefined;
  /** Greatest traffic volume that the account may have, in GB. */
  maxTraffic?: number | undefined;
  /** Secondary hostname of one of the account's CDN resources. */
  secondaryHostnames?: string | undefined;
  /** Promo code of the account. */
  promoCode?: string | undefined;
}

const { text, flag, id } = inputs;
const status = inputs.oneOf(["new", "trial", "trialend", "active", "paused", "activating", "deleted"]);
const time = z.iso.datetime({ offset: true, error: "must be a Date or a time in RFC 3339 with its zone" });
const traffic = z.number("must be a number of GB");
const ids = (what: string) => z.array(id(what)).min(1, "must not be empty");

/**
 * Strict: the API ignores a filter that it does not know, and returns every account.
 * @internal
 */
export const clientFilters = z
  .strictObject({
    ...{ company: text, email: inputs.email, name: text, customId: text },
    ...{ seller: id("a seller's ID"), reseller: id("a reseller's ID"), countryCode: inputs.countryCode.nullable() },
    ...{ deleted: flag, isTest: flag, activated: flag },
    ...{ clientType: inputs.oneOf(["common", "reseller", "sales"]), billType: text },
    ...{ createdAtGte: time, createdAtLte: time, usersEmail: inputs.email, usersName: text },
    featureIds: ids("a feature's ID"),
    personalProductAvailability: z.array(text).min(1, "must not be empty"),
    excludedClients: ids("a client account's ID"),
    ...{ cdn: status, storage: status, ddos: status, dns: status, cloud: status },
    ...{ infrastructureProtection: status, connect: status },
    ...{ minTraffic: traffic, maxTraffic: traffic, secondaryHostnames: text, promoCode: text },
  })
  .partial();

/**
 * The query of `GET /iam/clients`.
 * @internal
 */
export const clientQuery = (filters: ClientFilters): Query => ({
  ...queryOf(
    { ...filters },
    {
      company: "companyName",
      seller: "seller_id",
      reseller: "reseller_id",
      featureIds: "feature_id_in",
      excludedClients: "id__in__exclude",
      secondaryHostnames: "secondaryhostnames",
      promoCode: "promocode",
    },
  ),
  ordering: "id",
});
