import { differs, ok, type Result, unknown, wrong } from "./finding";
import { type Raw, type Reads, usersOf } from "./reads";

/** Assumptions about Gcore that GET requests can settle. docs/assumptions.md has a row for each, under its name. */

type Check = (reads: Reads) => Promise<Result>;

/** An ID that no account has. */
const UNUSED_ID = 2_147_483_647;
const PRODUCTS = ["CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"];
const DAY_MS = 24 * 60 * 60 * 1000;
const noAccount = () => unknown("there is no account to read it from");

const numberOf = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Whether all records, or only some, have a field. */
function hasField(records: Raw[], field: string, what: string, consequence: string): Result {
  if (records.length === 0) return unknown(`there is no ${what} to read it from`);
  const count = records.filter((record) => record[field] != null).length;
  const text = `${field} is shown by ${count} of ${numberOf(records.length, what)}`;
  return count === records.length ? ok(text) : differs(`${text}: ${consequence}`);
}

const accounts: Record<string, Check> = {
  async idsAsText(reads) {
    const records = await reads.records();
    const ids = records.flatMap((record) => [record.id, ...usersOf(record).map(({ id }) => id)]);
    if (ids.length === 0) return noAccount();
    if (ids.every((id) => Number.isInteger(id))) return ok("IDs are numbers");
    return wrong("IDs are not numbers: every account is refused as unreadable. Please report it to this project");
  },

  async omitCount(reads) {
    const page = await reads.page();
    if (Array.isArray(page)) {
      if (page.length < 100) return differs("a page is a bare array without count: it is taken for all accounts");
      return wrong(
        "a page is a bare array: accounts after the first 100 would be missed. Please report it to this project",
      );
    }
    if (typeof page.count === "number") return ok("a page has the count of all accounts");
    return differs("a page has no count: pages are read one after the other, until one is empty");
  },

  async maxPageSize(reads) {
    const [page, { length }] = [await reads.page(), await reads.records()];
    const count = Array.isArray(page) ? undefined : page.count;
    if (length === 0) return noAccount();
    if (length >= 100 || length === count) return ok(`a page of 100 has ${numberOf(length, "account")}`);
    if (typeof count !== "number") return unknown("without a count, a short page may be the only one");
    return differs(`a page of 100 has ${length} of ${numberOf(count, "account")}: a refresh takes more requests`);
  },

  omitClientResellers: async (reads) =>
    hasField(await reads.records(), "resellers", "account", "the reseller is read from users"),

  omitUserReseller: async (reads) =>
    hasField((await reads.records()).flatMap(usersOf), "reseller", "user", "the reseller is read from accounts"),

  async notFoundBody(reads) {
    try {
      await reads.get(`/iam/clients/${UNUSED_ID}`);
    } catch (error) {
      const { name, status } = error as { name: string; status?: number };
      if (name === "NotFoundError") return ok("404 for a missing account is an answer of the API");
      if (status === undefined) throw error;
      const answer = status === 404 ? "a page that is not the API's" : `${status}, not 404`;
      const consequence = "no account is ever believed to be gone. Check for a gateway on the way; else report it";
      return wrong(`a missing account is answered by ${answer}: ${consequence}`);
    }
    return unknown(`account ${UNUSED_ID} exists`);
  },

  async usersEmailFilter(reads) {
    const found = (await reads.clients()).flatMap(({ client, users }) =>
      users
        .filter(({ email, deleted }) => email !== undefined && !deleted)
        .map(({ email = "" }) => ({ client, email })),
    );
    const [user] = found;
    if (!user) return unknown("there is no user to look up");
    const accountsOf = (email: string) => reads.ids("/iam/clients", { users_email: email });
    const [exact, upper] = [await accountsOf(user.email), await accountsOf(user.email.toUpperCase())];
    const lookup = `users_email, with the address of a user of account ${user.client},`;
    if (!exact.includes(user.client))
      return wrong(`${lookup} does not find it: an account whose reply is lost needs adoptId. Please report it`);
    if (!upper.includes(user.client))
      return differs(`${lookup} compares the case: it has to be declared as Gcore has it`);
    const members = found.filter(({ email }) => email.toLowerCase() === user.email.toLowerCase());
    const others = exact.filter((id) => !members.some(({ client }) => client === id));
    if (others.length > 0) return differs(`${lookup} finds others too: they are compared here`);
    return ok(`${lookup} finds it, in any case`);
  },

  async createdAtFilter(reads) {
    if ((await reads.records()).length === 0) return noAccount();
    const tomorrow = new Date(Date.now() + DAY_MS).toISOString();
    const found = await reads.ids("/iam/clients", { created_at_gte: tomorrow });
    if (found.length === 0) return ok("created_at_gte leaves out what was created before");
    const consequence = "an older account with the declared email address and password counts as this run's own";
    return wrong(`created_at_gte is ignored: after a lost reply ${consequence}. Please report it`);
  },
};

const sellers: Record<string, Check> = {
  async sellerEmailFilter(reads) {
    const [seller] = (await reads.sellers()).filter(({ email }) => /^.{2,}@/.test(email ?? ""));
    if (!seller?.email) return unknown("there is no seller to look up");
    const { sellerId, email } = seller;
    const isFoundBy = async (text: string) =>
      (await reads.ids("/iam/admin/sellers", { email: text })).includes(sellerId);
    const consequence = "nothing follows, since sellers are compared here";
    if (await isFoundBy(email.slice(1))) return differs(`the filter email finds parts of an address: ${consequence}`);
    if (await isFoundBy(email.toUpperCase())) return ok("the filter email compares whole addresses in any case");
    return differs(`the filter email compares the case: ${consequence}`);
  },

  async sellerDateJoined(reads) {
    const dates = (await reads.sellers()).flatMap(({ dateJoined }) => dateJoined ?? []);
    if (dates.length === 0) return unknown("no seller shows date_joined");
    const isMoment = (date: string) => /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(date);
    if (dates.every(isMoment)) return ok("date_joined is ISO 8601");
    return differs("date_joined is not ISO 8601: a seller whose reply is lost needs adoptId");
  },
};

const services: Record<string, Check> = {
  async allServicesExist(reads) {
    const samples = await reads.samples();
    if (samples.length === 0) return noAccount();
    for (const { client, services } of samples) {
      const missing = PRODUCTS.filter((name) => !Object.hasOwn(services, name));
      if (missing.length === 0) continue;
      return differs(
        `account ${client.client} has no service ${missing.join(", ")}: declare \`available: true\` with it`,
      );
    }
    return ok(`${numberOf(samples.length, "account")} with the services of all products`);
  },

  async listedEnabled(reads) {
    const contradicting = (await reads.samples()).flatMap(({ client, services, availability }) =>
      Object.entries(services)
        .map(([name, { enabled }]) => ({
          enabled,
          available: availability[name],
          listed: client.services[name]?.enabled,
        }))
        .filter(
          ({ enabled, available, listed }) => listed !== undefined && available !== undefined && enabled !== available,
        ),
    );
    if (contradicting.length === 0) return unknown("no service is enabled without being available, or the reverse");
    if (contradicting.every(({ listed }) => listed === false))
      return ok("serviceStatuses shows as enabled what is both available and enabled");
    const shows = contradicting.every(({ listed, available }) => listed === available)
      ? "availability"
      : "enabled alone";
    return differs(`serviceStatuses shows ${shows} as enabled: a refresh reads some services singly`);
  },

  async omitNewServices(reads) {
    const unused = (await reads.samples()).flatMap(({ client, services }) =>
      Object.values(services)
        .filter(({ status }) => status === "new")
        .map(({ name }) => Object.hasOwn(client.services, name)),
    );
    if (unused.length === 0) return unknown("no service is new");
    if (unused.every(Boolean)) return ok("an account's record shows new services too");
    return differs("an account's record leaves out new services: a refresh reads them singly");
  },

  async trialStart(reads) {
    const unused = (await reads.samples()).flatMap(({ services }) =>
      Object.values(services).filter(({ status }) => status === "new"),
    );
    if (unused.length === 0) return unknown("no service is new");
    if (unused.every(({ start }) => start !== undefined)) return ok("a new service has a start");
    return differs("a new service has no start: the output `start` is absent until a trial begins");
  },

  async capabilities(reads) {
    const samples = await reads.samples();
    if (samples.length === 0) return noAccount();
    const isSame = samples.every(({ client, availability }) =>
      Object.entries(availability).every(([name, available]) => available === client.capabilities.includes(name)),
    );
    if (isSame) return ok("capabilities are the available products");
    return differs("capabilities are not the available products: a refresh reads declared availability singly");
  },
};

const features: Record<string, Check> = {
  async omitListedFeatures(reads) {
    const activations = await reads.activations();
    const clients = new Map((await reads.clients()).map((client) => [client.client, client]));
    const listed = activations.flatMap(({ client_id, feature_id }) => {
      const client = clients.get(Number(client_id));
      const all = client && [...client.freeFeatures, ...client.paidFeatures];
      return all ? [all.some(({ featureId }) => featureId === feature_id)] : [];
    });
    if (listed.length === 0) return unknown("none of the accounts that were read has a feature");
    if (listed.every(Boolean)) return ok(`accounts list their features, ${listed.length} of ${listed.length}`);
    const count = listed.filter(Boolean).length;
    return differs(`accounts list ${count} of ${listed.length} features: a refresh reads the others singly`);
  },
};

/** By the name of the assumption. */
export const assumptionChecks: Record<string, Check> = { ...accounts, ...sellers, ...services, ...features };
