import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ifFound } from "../../api/errors";
import { getResellerId, resellerIdOf } from "../../api/reseller";
import type { Api } from "../../api/transport";
import { oneOf } from "../../engine/inputs";
import {
  defineFunction,
  FunctionError,
  type FunctionOptions,
  type FunctionOutputOptions,
  type OutputArgs,
} from "../../pulumi/functions";

/** Functions that look up one record, by one of several arguments. */

/** What a lookup that finds nothing returns: an error, or null. Default: "error". */
export type OnMissing = "error" | "null";

/** Arguments that all lookups have. */
export interface LookupArgs {
  /** What is returned if nothing is found: an error, or null. A deleted record is not found. Default: "error". */
  onMissing?: OnMissing | undefined;
}

/** The result of a lookup; null only where `onMissing` is "null". */
export type Found<Result, Missing extends OnMissing> = Missing extends "null" ? Result | null : Result;

/** A lookup with plain arguments. */
export type Lookup<Args, Result> = <Missing extends OnMissing = "error">(
  args: Args & { onMissing?: Missing | undefined },
  opts?: FunctionOptions,
) => Promise<Found<Result, Missing>>;

/** The same with arguments that may be outputs. */
export type OutputLookup<Args, Result> = <Missing extends OnMissing = "error">(
  args: OutputArgs<Args> & { onMissing?: Missing | undefined },
  opts?: FunctionOutputOptions,
) => pulumi.Output<Found<Result, Missing>>;

/** @internal */
export interface LookupDefinition<Args, Result> {
  name: string;
  /** What is looked up, for messages. */
  what: string;
  /** Arguments of which exactly one is given. */
  by: z.ZodRawShape;
  /** Further arguments, all optional. */
  and?: z.ZodRawShape;
  find(api: Api, args: Args): Promise<Result | undefined>;
}

/**
 * Both forms of a lookup.
 * @internal
 */
export function defineLookup<Args extends LookupArgs, Result>({
  name,
  what,
  by,
  and,
  find,
}: LookupDefinition<Args, Result>) {
  const names = Object.keys(by);
  const given = (args: object) => Object.entries(args).filter(([key, value]) => names.includes(key) && value != null);
  const schema = z
    .strictObject({ ...by, ...and, onMissing: oneOf(["error", "null"]) })
    .partial()
    .refine((args) => given(args).length === 1, `give exactly one of ${names.join(", ")}`);

  const { plain, output } = defineFunction<Args, Result | null>({
    name,
    schema,
    async call(api, args) {
      const found = await find(api, args);
      if (found !== undefined || args.onMissing === "null") return found ?? null;
      const [[argument, value] = ["", undefined]] = given(args);
      throw await missing(api, `${what} with ${argument} ${JSON.stringify(value)}`);
    },
  });
  return { plain: plain as Lookup<Args, Result>, output: output as OutputLookup<Args, Result> };
}

/**
 * Error for something that the reseller of the API key does not have.
 * @internal
 */
async function missing(api: Api, what: string): Promise<FunctionError> {
  const reseller = await getResellerId(api).then(resellerIdOf, () => undefined);
  const owner = reseller === undefined ? "" : ` at reseller ${reseller}, which the API key belongs to`;
  return new FunctionError(`there is no ${what}${owner}.`);
}

/**
 * The record that a call by ID returns; undefined if there is none, or a deleted one. A 404 is what the key of another
 * reseller gets too, so it counts only where the API shows whose key it is.
 * @internal
 */
export async function existing<T extends object>(api: Api, call: Promise<T>): Promise<T | undefined> {
  const record = await ifFound(call);
  if (record) return "deleted" in record && record.deleted ? undefined : record;
  const reseller = await getResellerId(api);
  if (typeof reseller !== "string") return undefined;
  const reason =
    reseller === "no accounts" ? "this key's reseller has no accounts" : "Gcore does not show its reseller";
  throw new FunctionError(`not found, but the API key may be another reseller's: ${reason}. Check the API key.`);
}

/**
 * What a call about a client account returns. @throws {FunctionError} if there is no such account.
 * @internal
 */
export async function ofClient<T extends object>(api: Api, client: number, call: Promise<T>): Promise<T> {
  const found = await existing(api, call);
  if (found === undefined) throw await missing(api, `client account with client ${client}`);
  return found;
}

/**
 * The only match; undefined if there is none. @throws {FunctionError} with the IDs if there are several.
 * @internal
 */
export function onlyMatch<T extends { id: number }>(matches: T[], idName: string): T | undefined {
  if (matches.length <= 1) return matches[0];
  const ids = matches.map(({ id }) => id).join(", ");
  throw new FunctionError(`${matches.length} match, with ${idName} ${ids}: give the ${idName} instead.`);
}
