import { setAvailability } from "../../api/availability";
import type { Client } from "../../api/clients";
import { ifFound } from "../../api/errors";
import { getService, listServices, type Service } from "../../api/services";
import type { Api } from "../../api/transport";
import { advice } from "../../engine/advice";
import { fromApi } from "../../engine/codec";
import { readAccount } from "./accounts";
import { currentValues } from "./service-options";
import type { ClientServiceInputs, ClientServiceOutputs } from "./service-properties";
import { type DeclarableStatus, isExplained, isReached, unchanged } from "./service-status";
import { currentServices, type ProductName } from "./services";

/** Reads of one service of a client account: from the list of accounts where that is enough, else singly. */

type Known = Partial<ClientServiceInputs & ClientServiceOutputs>;
type ListedService = NonNullable<Client["serviceStatuses"]>[string];

/** @internal */
export const clientServiceId = {
  pattern: /^[1-9]\d*\/[A-Z]+$/,
  form: '"<clientId>/<product>", such as "7/CDN"',
  of: (client: number, name: ProductName) => `${client}/${name}`,
  parts: (id: string) => {
    const [client, name] = id.split("/");
    return { client: Number(client), name: name as ProductName };
  },
};

export const describeService = ({ client, name }: { client?: number; name?: string }) =>
  `service ${name} of client account ${client}`;

/** What a service's record shows of the outputs; null where it has no such date or status. */
export const serviceOutputs = (service: Service) => ({
  serviceId: service.id,
  statusNow: service.status,
  ...fromApi(service, ["previousStatus", "statusChangedAt", "start", "deletedDate"]),
});

/**
 * The service that a program declares, as it is: `GET /iam/clients/{clientId}/services`. Where an account has no service of a
 * product before it is available, and `available: true` is declared, the product is made available first.
 * @throws when the account has no such service; names those that it has.
 */
export async function findService(api: Api, declared: ClientServiceInputs) {
  const { client, name, status, available, options } = declared;
  const all = await listServices(api, client);
  const service = named(all, name) ?? (available === true ? await madeAvailable(api, client, name) : undefined);
  if (!service) {
    const existing = all.map((one) => one.name).join(", ") || "none";
    const wayOut = available === true ? "" : ` ${advice.serviceMissing()}`;
    throw new Error(`name: client account ${client} has no service ${name}; it has ${existing}.${wayOut}`);
  }
  const inputs = {
    client,
    name,
    // The status as it is: a trial that is declared anew is requested, also for a service after its trial.
    status: status && isReached(status, service.status) ? status : service.status,
    enabled: service.enabled ?? undefined,
    // A setting of the account looks the same as the default: a declared one is always set.
    available: available === undefined ? undefined : !available,
    options: options && currentValues(service.options ?? [], options),
  };
  return { id: clientServiceId.of(client, name), inputs: inputs as object, outputs: serviceOutputs(service) };
}

async function madeAvailable(api: Api, client: number, name: ProductName): Promise<Service | undefined> {
  await setAvailability(api, client, name, true);
  return named(await listServices(api, client), name);
}

const named = (services: readonly Service[], name: string) => services.find((service) => service.name === name);

/**
 * Reads a service: from the account's record, which pages show, unless that contradicts what is known or does not show what
 * is declared; then by `GET /iam/clients/{clientId}/services/{serviceId}`. `undefined` only when the account certainly is
 * gone, or has no such service.
 */
export async function readService(api: Api, id: string, known: Known) {
  const { client, name } = clientServiceId.parts(id);
  const account = await readAccount(api, client, known, () => true);
  if (!account) return undefined;
  const listed = enough(account.serviceStatuses?.[name], known);
  const service = listed ? undefined : await readSingly(api, client, name, known.serviceId);
  const shown = listed ?? service;
  if (!shown) return undefined;
  const declared = [{ productName: name, available: known.available ?? null }];
  const [availability] = await currentServices(api, client, account.capabilities ?? [], declared);
  const inputs = {
    client,
    name,
    status: observedStatus(known.status, shown.status),
    enabled: shown.enabled ?? undefined,
    available: availability?.available ?? undefined,
    options: known.options && service?.options ? currentValues(service.options, known.options) : undefined,
  };
  const outputs = service ? serviceOutputs(service) : { statusNow: shown.status };
  return {
    id,
    inputs: inputs as object,
    outputs: { ...outputs, reseller: account.resellers ?? undefined },
    notice: noticeOf(known.status, shown.status, service?.deleted_date ?? known.deletedDate),
  };
}

/** What an account's record shows of a service, if no more needs to be read: it shows no options, and `enabled` with doubt. */
function enough(listed: ListedService | undefined, known: Known) {
  if (listed?.status == null || listed.status !== known.statusNow) return undefined;
  const isSettled = known.enabled === undefined || listed.enabled === known.enabled;
  const isEnough = known.serviceId !== undefined && known.options === undefined && isSettled;
  return isEnough ? { status: listed.status, enabled: listed.enabled } : undefined;
}

async function readSingly(api: Api, client: number, name: ProductName, id: number | undefined) {
  const service = id === undefined ? undefined : await ifFound(getService(api, client, id));
  return service ?? named(await listServices(api, client), name);
}

/** What becomes of a service by itself is no drift: an `up` after each refresh would begin one trial after the other. */
function observedStatus(declared: DeclarableStatus | undefined, now: string): string | undefined {
  if (declared === undefined) return now === "new" || now === "deleted" ? undefined : unchanged(now);
  return isExplained(declared, now) ? declared : now;
}

function noticeOf(declared: DeclarableStatus | undefined, now: string, deletedDate: string | null | undefined) {
  if (declared === undefined || declared === now || !isExplained(declared, now)) return undefined;
  if (now === "deleted") {
    const after = declared === "paused" ? "it is paused" : "a trial has ended";
    return `Gcore has deleted the service with all its data, as it does some time after ${after}.`;
  }
  if (now !== "trialend") return undefined;
  const date = deletedDate ? `on ${deletedDate}` : "some time later";
  return `the trial has ended, and Gcore deletes the service with all its data ${date}. ${advice.trialEnded()}`;
}
