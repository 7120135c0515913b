import { expect, test } from "vitest";
import { openApi } from "../../provider/api/transport";
import { readSettings } from "../../provider/config";
import { ResourceError } from "../../provider/engine/failures";
import { bindLifecycle } from "../../provider/engine/lifecycle";
import { Session } from "../../provider/engine/session";
import { clientUser } from "../../provider/resources/client-user";

/** What the engine gets of an error, whatever its cause is. */

const acme = { email: "it@acme.example", password: "p", company: "Acme", origin: "pulumi:shop/prod/acme" };

/** The error of a destroy whose first read ends in the given one. */
async function failureBy(cause: unknown): Promise<Error> {
  const api = openApi(readSettings(() => undefined, { GCORE_API_KEY: "1$x" }));
  const read = () => Promise.reject(cause);
  const lifecycle = bindLifecycle({ ...clientUser, read }, new Session(() => api));
  return lifecycle.delete("50001/8001", acme).then(
    () => new Error("deleted"),
    (error) => error,
  );
}

test.each([new TypeError("a"), new RangeError("b"), new ReferenceError("c")])(
  "%s, a defect of this package: with its stack trace",
  async (cause) => {
    expect(await failureBy(cause)).toMatchObject({ message: cause.message, cause, stack: cause.stack });
    delete cause.stack;
    expect(await failureBy(cause)).toMatchObject({ stack: "" });
  },
);

test.each([new Error("GET /iam/clients/50001 answered 500"), "GET /iam/clients/50001 answered 500"])(
  "%s: its text, without a stack trace; Pulumi shows the resource beside it",
  async (cause) => {
    const failure = await failureBy(cause);
    expect(failure).toBeInstanceOf(ResourceError);
    expect(failure).toMatchObject({ name: "ResourceError", cause, reached: undefined, stack: "" });
    expect([failure.message, String(failure)]).toEqual([
      "GET /iam/clients/50001 answered 500",
      "ClientUser acme (it@acme.example)",
    ]);
  },
);
