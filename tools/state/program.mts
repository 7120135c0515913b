/** What the stored state of a release has: every kind, and inputs that are stored in different ways. */

/** Accounts that exist before the program runs: bodies of `POST /iam/users`. Their IDs are 50001/8001 and 50002/8002. */
export const existing = [
  { email: "it@hooli.example", password: "first-W0rd-of-hooli", company: "Hooli" },
  { email: "it@umbrella.example", password: "first-W0rd-of-umbrella", company: "Umbrella" },
];

/** In the form of test/support/program.cjs: a value `$<name>.<output>` is an output of another resource. */
export const program = {
  resources: {
    anna: { kind: "Seller", email: "anna@reseller.example", fullName: "Anna Berg", phone: "+49 30 1234567" },
    defaults: { kind: "DefaultProductAvailability", products: [{ productName: "CLOUD", available: true }] },
    acme: {
      kind: "ClientUser",
      email: "it@acme.example",
      password: "first-W0rd-of-acme",
      company: "Acme Ltd",
      name: "Ada",
      phone: "+49 30 7654321",
      lang: "de",
      seller: "$anna.sellerId",
      countryCode: "DE",
      isTest: true,
      services: [
        { productName: "CDN", available: true },
        { productName: "DNS", available: false },
      ],
      forceDestroy: true,
    },
    globex: {
      kind: "ClientUser",
      email: "it@globex.example",
      password: "first-W0rd-of-globex",
      company: "Globex",
      customId: "crm-1",
    },
    initech: {
      kind: "ClientUser",
      email: "it@initech.example",
      password: "first-W0rd-of-initech",
      company: "Initech",
      customId: null,
    },
    hooli: { kind: "ClientUser", email: "it@hooli.example", company: "Hooli", adoptId: "50001/8001" },
    umbrella: { kind: "ClientAccount", client: 50_002, company: "Umbrella SE", customId: "crm-2", seller: null },
    cdn: { kind: "ClientService", client: "$acme.client", name: "CDN", status: "active", enabled: true },
    storage: {
      kind: "ClientService",
      client: "$globex.client",
      name: "STORAGE",
      status: "trial",
      available: true,
      options: { max_resources: 5 },
    },
    cname: { kind: "FreeFeature", client: "$acme.client", featureId: 61 },
    shielding: { kind: "PaidFeature", client: "$acme.client", featureId: 62 },
  },
};
