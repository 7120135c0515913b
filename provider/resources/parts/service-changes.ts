import { resetAvailability, setAvailability } from "../../api/availability";
import { outcomeUnknown } from "../../api/errors";
import { retryDelay } from "../../api/retry";
import { getService, type Service, type ServiceOption, updateService } from "../../api/services";
import type { Api } from "../../api/transport";
import { advice } from "../../engine/advice";
import type { Change } from "../../engine/define";
import { pick } from "../../engine/properties";
import { waitUntil } from "../../engine/wait";
import { haveValues, optionsWithValues } from "./service-options";
import type { ClientServiceInputs, ClientServiceOutputs } from "./service-properties";
import { describeService, serviceOutputs } from "./service-reads";
import { type DeclarableStatus, isInUse, isReached, unchanged } from "./service-status";
import type { ProductName } from "./services";

/** Changes of one service of a client account. */

type Inputs = ClientServiceInputs;
type Outputs = ClientServiceOutputs;
type Reached = (now: object) => void;

/** Whether the availability is changed after the status: a product in use cannot be made unavailable. */
export const isAvailabilityLast = ({ status, available }: Inputs): boolean =>
  available === false || (available == null && (status === "paused" || status === "trialend"));

/** Sets the product's availability, or resets it to the default: `/iam/products/availability/clients/{clientId}`. */
export async function changeAvailability(api: Api, { news: { client, name, available } }: Change<Inputs, Outputs>) {
  if (available == null) await resetAvailability(api, client, [name]);
  else await setAvailability(api, client, name, available);
}

/** Whether the activation is waited for. */
export const isAwaited = ({ status, waitForActivation }: Inputs, statusNow: string | undefined): boolean =>
  status === "active" && statusNow === "activating" && waitForActivation !== false;

/**
 * Changes status, `enabled` and options by one `PUT /iam/clients/{clientId}/services/{serviceId}`, and waits while the
 * service is activating. What is in place already is not sent.
 */
export async function changeService(api: Api, { olds, news, changed }: Change<Inputs, Outputs>, reached: Reached) {
  const service = { client: news.client, name: news.name, serviceId: olds.serviceId };
  const request = await requestFor(api, olds, news, changed);
  const result = request && (await putService(api, service, olds.statusNow, request));
  if (result) reached({ ...serviceOutputs(result), ...pick(news, changed) });
  if (isAwaited(news, result?.status ?? olds.statusNow)) await waitForActivation(api, service, reached);
}

/** What a PUT requests; what is absent stays as it is. */
interface ServiceRequest {
  status?: DeclarableStatus | undefined;
  enabled?: boolean | undefined;
  options?: ServiceOption[] | undefined;
  transitionOptions?: ServiceOption[] | undefined;
}

async function requestFor(
  api: Api,
  { serviceId, statusNow }: Outputs,
  news: Inputs,
  changed: readonly string[],
): Promise<ServiceRequest | undefined> {
  const isChanged = (name: "status" | "enabled" | "options") => changed.includes(name) && news[name] != null;
  const status = isChanged("status") && news.status && !isReached(news.status, statusNow) ? news.status : undefined;
  if (status === undefined && !isChanged("enabled") && !isChanged("options")) return undefined;
  const transition = status && news.statusTransitionOptions;
  // The API takes whole options only, so they are read first.
  const current = news.options || transition ? await getService(api, news.client, serviceId) : undefined;
  const described = describeService(news);
  const options = news.options && optionsWithValues(current?.options, news.options, "options", described);
  const isOptionsOnly = status === undefined && !isChanged("enabled");
  if (isOptionsOnly && options && haveValues(current?.options ?? [], options)) return undefined;
  return {
    status,
    enabled: news.enabled ?? (status === "trial" || status === "active" ? true : undefined),
    // With each PUT: one without them might reset them.
    options,
    transitionOptions:
      transition &&
      optionsWithValues(current?.status_transition_options, transition, "statusTransitionOptions", described),
  };
}

interface ServiceKey {
  client: number;
  name: ProductName;
  serviceId: number;
}

/**
 * Sends the PUT. It is never repeated blindly, since a second one may begin a second trial: when its outcome is unknown the
 * service is read, and only what is not in place is requested again, at most `maxRetries` times.
 */
async function putService(
  api: Api,
  { client, serviceId }: ServiceKey,
  statusNow: string,
  { status, enabled, options, transitionOptions }: ServiceRequest,
): Promise<Service> {
  const { clock, settings } = api;
  const isInPlace = (service: Service) =>
    (status === undefined || isReached(status, service.status)) &&
    (enabled === undefined || service.enabled === enabled) &&
    haveValues(service.options ?? [], options ?? []);
  let now = statusNow;
  for (let failures = 1; ; failures++) {
    try {
      return await updateService(api, client, serviceId, {
        // Required in each call.
        status: status ?? unchanged(now),
        ...(enabled !== undefined && { enabled }),
        ...(options && { options }),
        ...(transitionOptions && { status_transition_options: transitionOptions }),
      });
    } catch (error) {
      // A refusal after a lost reply may be due to the lost call.
      if (failures === 1 && !outcomeUnknown(error)) throw error;
      const policy = { idempotent: true, failures, maxRetries: settings.maxRetries, random: clock.random() };
      const delay = retryDelay(error, policy);
      if (delay !== undefined) await clock.sleep(delay);
      const service = await getService(api, client, serviceId);
      if (isInPlace(service)) return service;
      if (delay === undefined) throw error;
      now = service.status;
    }
  }
}

async function waitForActivation(api: Api, service: ServiceKey, reached: Reached) {
  const { activationTimeoutSeconds } = api.settings;
  const described = describeService(service);
  const activated = await waitUntil(api, {
    situation: `${described} is activating`,
    timeoutSeconds: activationTimeoutSeconds,
    poll: () => getService(api, service.client, service.serviceId),
    isOver: ({ status }) => status !== "activating",
  });
  if (!activated) {
    throw new Error(
      `${described} is still activating after ${activationTimeoutSeconds} s. ${advice.stillActivating()}`,
    );
  }
  reached(serviceOutputs(activated));
  if (activated.status === "active") return;
  reached({ status: activated.status });
  throw new Error(`${described} was activating and is now ${activated.status}. ${advice.notActivated()}`);
}

/**
 * Pauses or disables the service on destroy, by the same PUT. One that is not in use is not paused. A replacement is an edit of
 * the program, which must not end the service of a client: it changes nothing.
 */
export async function releaseService(api: Api, state: Inputs & Outputs, isReplaced: boolean): Promise<void> {
  if (isReplaced) return;
  const { onDestroy = "leave", statusNow } = state;
  if (onDestroy === "pause" && isInUse(statusNow)) await putService(api, state, statusNow, { status: "paused" });
  if (onDestroy === "disable" && statusNow !== "deleted") await putService(api, state, statusNow, { enabled: false });
}

/** What stays at Gcore after a destroy or a replacement. */
export function remainingService(state: Partial<Inputs & Outputs>, isReplaced: boolean): string {
  const { statusNow = "" } = state;
  const onDestroy = isReplaced ? "leave" : state.onDestroy;
  const status = onDestroy === "pause" && isInUse(statusNow) ? "paused" : statusNow;
  const isDeletedLater = status === "paused" || status === "trialend";
  const details = [
    status,
    ...(onDestroy === "disable" && status !== "deleted" ? ["disabled"] : []),
    ...(isDeletedLater ? ["some time later Gcore deletes it with all its data"] : []),
  ];
  return `${describeService(state)} (${details.join("; ")})`;
}
