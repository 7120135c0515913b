import { expect, test } from "vitest";
import { nameOf, otherResellerError, ownerOf } from "../../provider/engine/ownership";
import { declarationName, Session } from "../../provider/engine/session";
import { clientUser } from "../../provider/resources/client-user";
import { freeFeature } from "../../provider/resources/free-feature";

/** Whose a resource at Gcore is, and how messages name declarations and causes. */

const mark = "pulumi:shop/prod/acme";
const other = "pulumi:shop/dev/acme";

test.each([
  [mark, { customId: mark, origin: mark }, "own"],
  ["crm-1", { customId: "crm-1", origin: mark }, "own"],
  // A renamed resource, whose new mark a run that was killed has set.
  [mark, { customId: "crm-1", origin: mark }, "own"],
  [other, { customId: mark, origin: mark }, "foreign"],
  [other, { customId: null, origin: mark }, "foreign"],
  ["crm-2", { customId: "crm-1", origin: mark }, "edited"],
  [null, { customId: mark, origin: mark }, "edited"],
  ["crm-2", { customId: null, origin: mark }, "own"],
  [undefined, { customId: mark, origin: mark }, "own"],
])("customId %j at Gcore, %j in state: %s", (customId, state, owner) => {
  expect(ownerOf(clientUser, { id: "7/8", inputs: { customId }, outputs: {} } as never, state)).toBe(owner);
});

test("a kind without a mark: the ID alone says whose it is", () => {
  const found = { id: "7/61", inputs: { client: 7, featureId: 61 }, outputs: {} };
  expect(ownerOf(freeFeature, found, { client: 7, featureId: 61, origin: mark })).toBe("own");
});

test.each([
  [declarationName("ClientUser", mark), "ClientUser acme"],
  [declarationName("ClientUser", "pulumi:shop/prod/my:index:Team$acme gmbh"), "ClientUser acme gmbh"],
  [declarationName("ClientUser", undefined), "ClientUser"],
])("%s is shown as %s", (declaration, name) => {
  expect(nameOf(declaration)).toBe(name);
});

test("a reseller that is not known", () => {
  expect(otherResellerError("feature 61", undefined, undefined).message).toContain(
    "feature 61 belongs to reseller unknown, and the API key to reseller unknown",
  );
});

test("one cause of many resources: shown once, whatever IDs are in the paths", () => {
  const session = new Session(() => {
    throw new Error("no API");
  });
  const cause = (path: string) => `GET ${path} answered 401: the API key is not accepted.`;
  expect(session.causeFor("acme", cause("/iam/clients/50001"))).toBe(cause("/iam/clients/50001"));
  expect(session.causeFor("acme", cause("/iam/clients/50001"))).toBe(cause("/iam/clients/50001"));
  expect(session.causeFor("globex", cause("/iam/clients/50002"))).toBe("the same cause as acme.");
  const services = cause("/iam/clients/50001/services");
  expect(session.causeFor("cdn", services)).toBe(services);
  expect(session.causeFor("dns", cause("/iam/clients/7/services"))).toBe("the same cause as cdn.");
  // A number that is no ID: another cause.
  expect(session.causeFor("initech", cause("/iam/clients/50001-a"))).toBe(cause("/iam/clients/50001-a"));
  expect(session.causeFor("umbrella", cause("/iam/clients/50002-a"))).toBe(cause("/iam/clients/50002-a"));
  expect(session.causeFor("hooli", cause("/iam/clients"))).toBe(cause("/iam/clients"));
});

test("a key that nobody has claimed: no intent", () => {
  expect(new Session(() => ({}) as never).claims.isIntent("account 7")).toBe(false);
});
