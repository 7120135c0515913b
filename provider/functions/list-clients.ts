import { clientList } from "../api/clients";
import { pages } from "../api/pages";
import type { Api } from "../api/transport";
import { type FunctionOptions, iterate } from "../pulumi/functions";
import { clientResult, type GetClientResult } from "./parts/client";
import { type ClientFilters, clientFilters, clientQuery } from "./parts/client-filters";

const definition = {
  name: "listClients",
  schema: clientFilters,
  async *pages(api: Api, filters: ClientFilters) {
    for await (const page of pages(api, clientList, clientQuery(filters))) yield page.map(clientResult);
  },
};

/**
 * The same accounts as `getClients`, read page by page as the loop needs them: `GET /iam/clients`. For scripts over many
 * accounts; it has no `Output` form, which `getClientsOutput` is for.
 *
 * @example
 * ```ts
 * for await (const client of gcore.listClients({ isTest: true })) console.log(client.client, client.company);
 * ```
 */
export const listClients = (filters: ClientFilters = {}, opts?: FunctionOptions): AsyncIterable<GetClientResult> =>
  iterate(definition, filters, opts);
