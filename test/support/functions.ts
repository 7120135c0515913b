import { type Output, RunError } from "@pulumi/pulumi";
import type { SandboxOptions } from "gcore-reseller-sandbox";
import { expect, onTestFinished, vi } from "vitest";
import { startApi } from "./api";

/** Functions, called as a program calls them, without an engine and against a sandbox. Settings are in the environment. */

/** A sandbox whose reseller has the accounts Acme and Bolt. Nothing but GET may be sent. */
export async function startForFunctions(options: SandboxOptions = {}, environment: Record<string, string> = {}) {
  const api = await startApi(options);
  for (const [name, value] of Object.entries({ ...api.env, GCORE_RESELLER_MAX_RETRIES: "0", ...environment })) {
    vi.stubEnv(name, value);
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
    expect(api.seen.map(({ call }) => call.split(" ")[0]).filter((method) => method !== "GET")).toEqual([]);
  });
  const create = async (name: string, more: object = {}) => {
    const account = { email: `it@${name}.example`, password: "pass-W0rd-of-acme", company: name, ...more };
    const { body } = await api.send("POST", "/iam/users", account);
    return { client: body.client as number, userId: body.id as number };
  };
  const createSeller = async (name: string): Promise<number> =>
    (await api.send("POST", "/iam/admin/sellers", { email: `${name}@seller.example`, full_name: name })).body.id;
  return { ...api, create, createSeller };
}

/** The value of an output. */
export const resolved = <T>(value: Output<T>) =>
  new Promise<T>((resolve) => value.apply((known) => resolve(known as T)));

/** The text of the error with which a call ends; the error has no stack trace in Pulumi. */
export async function failure(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  expect(RunError.isInstance(error), String(error?.stack)).toBe(true);
  return error.message;
}
