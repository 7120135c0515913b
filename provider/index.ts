/** The public exports of the package. */
export { Provider, type ProviderArgs } from "./provider";
export { ClientUser, type ClientUserArgs } from "./resources/client-user";
export type { Service } from "./resources/parts/services";
