import { z } from "zod";
import { listServices, optionValue, type Service, type ServiceOption } from "../api/services";
import * as inputs from "../engine/inputs";
import { withoutAbsent } from "../engine/properties";
import { defineFunction } from "../pulumi/functions";
import { ofClient } from "./parts/lookup";

/** Arguments of {@link getServices}. */
export interface GetServicesArgs {
  /** ID of the client account. */
  client: number;
}

/** A product of a client account, as {@link getServices} returns it. What Gcore does not show is absent. */
export interface GetServiceResult {
  /** ID of the service. */
  serviceId: number;
  /** ID of the client account. */
  client: number;
  /** Name of the product. */
  name: string;
  /** new, trial, trialend, active, paused, activating or deleted. */
  status: string;
  /** Whether it is enabled. */
  enabled?: boolean;
  /** Status before the present one. */
  previousStatus?: string;
  /** Date and time of the last change of the status. */
  statusChangedAt?: string;
  /** Date and time when the trial began. */
  start?: string;
  /** Date and time when a paused service, or one whose trial has ended, is deleted with its data. */
  deletedDate?: string;
  /** Options by name. */
  options: Record<string, string | number | boolean>;
  /** Options of a change of status, by name. */
  statusTransitionOptions: Record<string, string | number | boolean>;
}

const optionsOf = (options: ServiceOption[] | null | undefined) =>
  withoutAbsent(Object.fromEntries((options ?? []).map((option) => [option.name, optionValue(option)])));

const serviceResult = (service: Service, client: number) =>
  withoutAbsent({
    serviceId: service.id,
    client,
    name: service.name,
    status: service.status,
    enabled: service.enabled,
    previousStatus: service.previous_status,
    statusChangedAt: service.status_changed_at,
    start: service.start,
    deletedDate: service.deleted_date,
    options: optionsOf(service.options),
    statusTransitionOptions: optionsOf(service.status_transition_options),
  }) as GetServiceResult;

const { plain, output } = defineFunction<GetServicesArgs, Record<string, GetServiceResult>>({
  name: "getServices",
  schema: z.strictObject({ client: inputs.id("a client account's ID") }),
  async call(api, { client }) {
    const services = await ofClient(api, client, listServices(api, client));
    return Object.fromEntries(services.map((service) => [service.name, serviceResult(service, client)]));
  },
});

/**
 * The products of a client account, by name: `GET /iam/clients/{clientId}/services`, one request.
 *
 * @example
 * ```ts
 * const { CDN } = await gcore.getServices({ client: 7 });
 * console.log(CDN?.status, CDN?.options);
 * ```
 * @throws if there is no such account.
 */
export const getServices = plain;

/** {@link getServices} with arguments that may be outputs; unknown while one of them is. */
export const getServicesOutput = output;
