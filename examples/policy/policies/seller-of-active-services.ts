import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ClientAccount, ClientService, ClientUser } from "pulumi-gcore-reseller";
import { known } from "./known";
import { isFor, type Scope, scope, texts } from "./settings";

/** Somebody at the reseller answers for what a client uses and pays. */
export const sellerOfActiveServices: StackValidationPolicy = {
  name: "seller-of-active-services",
  description: "An account with active services declares its seller.",
  configSchema: {
    properties: { ...scope, statuses: texts("Statuses of services that need a seller.", ["active"]) },
  },
  validateStack({ resources, getConfig }, report) {
    const { statuses, ...scope } = getConfig<Scope & { statuses: string[] }>();
    const services = resources.filter((one) => statuses.some((status) => status === statusOf(one)));
    const accounts = resources.filter((one) => one.isType(ClientUser) || one.isType(ClientAccount));
    for (const account of accounts) {
      // An unknown seller is one that the program creates.
      if (!isFor(account, scope) || known(account.props, "seller") != null) continue;
      const names = services.filter((service) => isOf(service, account)).map(({ name }) => name);
      if (names.length > 0)
        report(`${account.name} declares no seller. Its services: ${names.join(", ")}.`, account.urn);
    }
  },
};

/** The declared status of a service, else the one at Gcore. */
function statusOf(resource: PolicyResource) {
  const service = resource.asType(ClientService);
  return service && (known(service, "status") ?? known(service, "statusNow"));
}

/** Whether a service is one of an account. A preview does not know the ID of a new account, but which resource it is of. */
function isOf(service: PolicyResource, account: PolicyResource): boolean {
  const [client, id] = [service, account].map(({ props }) => known(props, "client"));
  if (typeof client === "number" && typeof id === "number") return client === id;
  return service.propertyDependencies.client?.some(({ urn }) => urn === account.urn) ?? false;
}
