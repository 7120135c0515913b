import { type Context, Hono } from "hono";
import type { Env } from "../env";
import { forbidden, invalid, jsonBody, notFound } from "../http";
import type { ClientRow } from "../store/accounts";
import { transitions } from "../store/service-status";
import { type ServiceRow, serviceId } from "../store/services";
import type { Assumptions } from "./assumptions";
import { ownClient } from "./authentication";
import { isoTime } from "./records";
import { type ServiceStatus, UpdateService } from "./schemas";
import { askedTrialDays, changedOptions, optionsOf, transitionOptionsOf } from "./service-options";

const path = "/clients/:client{-?[0-9]+}/services";

/** `/iam/clients/{clientId}/services`: the status and the options of each product of a client account. */
export const services = new Hono<Env>();

services.get(path, (c) => {
  const client = ownClient(c, Number(c.req.param("client")));
  return c.json(existing(c, client).map((service) => serviceRecord(service, client, c.get("assumptions"))));
});

services.get(`${path}/:service{-?[0-9]+}`, (c) => {
  const { client, service } = ownService(c);
  return c.json(serviceRecord(service, client, c.get("assumptions")));
});

services.put(`${path}/:service{-?[0-9]+}`, (c) => {
  const { client, service } = ownService(c);
  const assumptions = c.get("assumptions");
  if (!assumptions.resellerChangesServices) throw forbidden();
  const request = jsonBody(c, UpdateService);
  const options = changedOptions(service, request.options, assumptions);
  const trialDays = askedTrialDays(service, request.status_transition_options) ?? assumptions.trialDays;
  const status = statusAfter(c, client, service, request.status);
  c.get("store").services.change(service, { status, enabled: request.enabled, options }, { ...assumptions, trialDays });
  return c.json(serviceRecord(ownService(c).service, client, assumptions));
});

/** The status that a service gets when another one is asked for; undefined if it keeps its own. */
function statusAfter(
  c: Context<Env>,
  client: ClientRow,
  { product, status }: ServiceRow,
  asked: ServiceStatus,
): ServiceStatus | undefined {
  const { trialRestarts, statusNeedsAvailability } = c.get("assumptions");
  const isTrialAgain = trialRestarts && asked === "trial" && (status === "trial" || status === "trialend");
  if (!isTrialAgain) {
    if (asked === status || (asked === "active" && status === "activating")) return undefined;
    if (!transitions[status].includes(asked)) throw invalid("status", `Cannot change status ${status} to ${asked}.`);
  }
  const needsAvailability = statusNeedsAvailability && (asked === "trial" || asked === "active");
  if (needsAvailability && !c.get("store").products.isAvailable(client.id, client.reseller, product)) {
    throw invalid("status", `The product ${product} is not available to this client.`);
  }
  return asked === "active" ? "activating" : asked;
}

/** The services that a client account has. */
function existing(c: Context<Env>, client: ClientRow): ServiceRow[] {
  const { products, services } = c.get("store");
  const all = services.of([client]).get(client.id) ?? [];
  if (c.get("assumptions").allServicesExist) return all;
  return all.filter(
    ({ product, status }) => status !== "new" || products.isAvailable(client.id, client.reseller, product),
  );
}

function ownService(c: Context<Env>): { client: ClientRow; service: ServiceRow } {
  const client = ownClient(c, Number(c.req.param("client")));
  const service = existing(c, client).find((one) => serviceId(one) === Number(c.req.param("service")));
  if (service === undefined) throw notFound();
  return { client, service };
}

function serviceRecord(service: ServiceRow, client: ClientRow, { trialStart }: Assumptions) {
  const start = service.trial_start ?? (trialStart === "creation" ? client.created_at : undefined);
  return {
    id: serviceId(service),
    name: service.product,
    client: service.client,
    status: service.status,
    previous_status: service.previous_status,
    status_changed_at: isoTime(service.changed_at),
    start: start === undefined ? null : isoTime(start),
    deleted_date: service.next_status === "deleted" && service.next_at !== null ? isoTime(service.next_at) : null,
    enabled: service.enabled === 1,
    options: optionsOf(service),
    status_transition_options: transitionOptionsOf(service),
  };
}
