import { PolicyPack } from "@pulumi/policy";
import { countryCode } from "./policies/country-code";
import { emailDomains } from "./policies/email-domains";
import { noForceDestroy } from "./policies/no-force-destroy";
import { noServiceDeletion } from "./policies/no-service-deletion";
import { noTestAccounts } from "./policies/no-test-accounts";
import { protectedResources } from "./policies/protected";
import { sellerOfActiveServices } from "./policies/seller-of-active-services";

new PolicyPack("gcore-reseller", {
  enforcementLevel: "mandatory",
  policies: [
    countryCode,
    emailDomains,
    noForceDestroy,
    noServiceDeletion,
    noTestAccounts,
    protectedResources,
    sellerOfActiveServices,
  ],
});
