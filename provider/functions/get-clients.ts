import { clientList } from "../api/clients";
import { getAll } from "../api/pages";
import { defineFunction, type FunctionOptions, type FunctionOutputOptions, type OutputArgs } from "../pulumi/functions";
import { clientResult, type GetClientResult } from "./parts/client";
import { type ClientFilters, clientFilters, clientQuery } from "./parts/client-filters";

const { plain, output } = defineFunction<ClientFilters, GetClientResult[]>({
  name: "getClients",
  schema: clientFilters,
  call: async (api, filters) => (await getAll(api, clientList, clientQuery(filters))).map(clientResult),
});

/**
 * All client accounts that match the filters, by ID: `GET /iam/clients`, a request for each 100. Without a filter: all
 * accounts of the reseller, deleted ones too.
 *
 * @example
 * ```ts
 * const onTrial = await gcore.getClients({ cdn: "trial", deleted: false });
 * ```
 */
export const getClients = (filters: ClientFilters = {}, opts?: FunctionOptions): Promise<GetClientResult[]> =>
  plain(filters, opts);

/** {@link getClients} with filters that may be outputs; unknown while one of them is. */
export const getClientsOutput = (filters: OutputArgs<ClientFilters> = {}, opts?: FunctionOutputOptions) =>
  output(filters, opts);
