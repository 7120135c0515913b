import { z } from "zod";
import { flag, id, informational, text } from "./fields";
import type { Api } from "./transport";

/** The products of a client account: status, options (API tag "Services"). */

/** An option of a service. It is sent back whole with another value, so fields that are not named here are kept. */
const option = z.looseObject({
  name: z.string(),
  value: informational(z.union([z.string(), z.number(), z.boolean()])),
  value_type: text,
});
export type ServiceOption = z.output<typeof option>;

/** The value of an option in the type that the API names for it; a text when it has no such form. */
export function optionValue({ value, value_type }: ServiceOption): string | number | boolean | undefined {
  if (typeof value !== "string") return value ?? undefined;
  if (value_type === "int" && /^-?\d+$/.test(value)) return Number(value);
  if (value_type === "bool" && /^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
  return value;
}

/** A service; `id`, `name` and `status` are required. */
const service = z.object({
  id,
  name: z.string(),
  status: z.string(),
  client: informational(id),
  previous_status: text,
  status_changed_at: text,
  start: text,
  deleted_date: text,
  enabled: flag,
  options: informational(z.array(option)),
  status_transition_options: informational(z.array(option)),
});
export type Service = z.output<typeof service>;

/** Body of {@link updateService}. */
export interface ServiceChange {
  status: string;
  enabled?: boolean;
  options?: ServiceOption[];
  status_transition_options?: ServiceOption[];
}

/** All services of an account, on one page: `GET /iam/clients/{clientId}/services`. */
export const listServices = (api: Api, clientId: number) =>
  api.send({ method: "GET", path: `/iam/clients/${clientId}/services`, reply: z.array(service) });

/**
 * One service: `GET /iam/clients/{clientId}/services/{serviceId}`.
 * @throws {UnreadableReplyError} when the reply is about another service.
 */
export const getService = (api: Api, clientId: number, serviceId: number) =>
  api.send({
    method: "GET",
    path: `/iam/clients/${clientId}/services/${serviceId}`,
    reply: service.refine(({ id }) => id === serviceId, { path: ["id"], error: "is of another service" }),
  });

/**
 * Sets status, visibility and options of a service: `PUT /iam/clients/{clientId}/services/{serviceId}`. Not idempotent: a
 * repeated status may begin a second trial.
 */
export const updateService = (api: Api, clientId: number, serviceId: number, body: ServiceChange) =>
  api.send({
    method: "PUT",
    path: `/iam/clients/${clientId}/services/${serviceId}`,
    body,
    idempotent: false,
    changes: clientId,
    reply: service,
  });
