import { DefaultProductAvailability } from "pulumi-gcore-reseller";

// It applies at once to all accounts without a setting of their own, and the reseller must have one account.
const defaults = new DefaultProductAvailability("defaults", {
  products: [
    { productName: "CDN", available: true },
    { productName: "CLOUD", available: false },
  ],
  restoreOnDestroy: true,
});

export const before = defaults.before;
