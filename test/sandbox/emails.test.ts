import { describe, expect, test } from "vitest";
import { otherReseller, sandboxOfTest } from "./caller";

/** Emails that a reseller has sent: an invitation once more, or one to set a password. */

const sam = { email: "Sam@example.com", full_name: "Sam Seller" };

async function withSellerAndUser() {
  const context = sandboxOfTest();
  const seller = (await context.call("POST", "/iam/admin/sellers", sam)).body;
  const ada = await context.account("ada@example.com");
  return { ...context, seller: `/iam/admin/sellers/${seller.id}`, ada };
}

describe.each(["/iam/auth/renew_invitation", "/iam/auth/reset_password"])("POST %s", (path) => {
  test("200 without a body for a user or a seller, and the log names the user's account", async () => {
    const { call, ada, sandbox } = await withSellerAndUser();
    sandbox.updateUser(ada.id, { activated: false });
    sandbox.clearRequests();
    for (const email of ["SAM@example.com", "ada@example.com"]) {
      expect(await call("POST", path, { email })).toEqual({ status: 200, body: undefined });
    }
    expect(sandbox.requests()).toMatchObject([
      { method: "POST", path, status: 200 },
      { method: "POST", path, status: 200, client: ada.client },
    ]);
    expect(sandbox.requests()[0]).not.toHaveProperty("client");
  });

  test("404 for an unknown, a deleted and another reseller's email address; 400 for none; 403 for a user", async () => {
    const { call, ada, seller } = await withSellerAndUser();
    for (const email of [sam.email, "ada@example.com"]) {
      expect(await call("POST", path, { email }, otherReseller)).toEqual({ status: 404, body: undefined });
    }
    expect((await call("POST", path, { email: "ada@example.com" }, ada.user)).status).toBe(403);
    await call("DELETE", seller);
    await call("DELETE", `/iam/users/${ada.id}`);
    for (const email of [sam.email, "ada@example.com", "nobody@example.com"]) {
      expect((await call("POST", path, { email })).status).toBe(404);
    }
    for (const body of [{}, { email: "sam" }, { email: sam.email, force: true }]) {
      expect((await call("POST", path, body)).status).toBe(400);
    }
  });
});

test("a user or a seller who has activated: no invitation, but a password can be set", async () => {
  const { call, sandbox } = await withSellerAndUser();
  sandbox.updateSeller(301, { activated: true });
  const activated = { status: 400, body: { message: "This user already activated." } };
  for (const email of [sam.email, "ada@example.com"]) {
    expect(await call("POST", "/iam/auth/renew_invitation", { email })).toEqual(activated);
    expect((await call("POST", "/iam/auth/reset_password", { email })).status).toBe(200);
  }
});
