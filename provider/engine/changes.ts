import type { Api } from "../api/transport";
import type { Definition } from "./define";
import { equalityBy, HIDDEN_INPUTS } from "./equality";
import { PartialFailure } from "./failures";
import { type Properties, pick } from "./properties";
import { stateCodec } from "./state";

/** The calls that lead from one set of inputs to another. */
export interface Changes<I extends object, O extends object> {
  /** Whether any call is needed. */
  areNeeded(from: Partial<I & O>, news: I): boolean;
  /**
   * Makes the calls one by one, in the order of the definition.
   * @param isCreated the resource did not belong to this declaration before: its ID must not be lost by any failure.
   * @returns the properties after them.
   * @throws {PartialFailure} with what was reached, once something was created or changed.
   */
  apply(api: Api, id: string, from: Partial<I> & O, news: I, isCreated: boolean): Promise<Properties>;
}

/** Derives the changes of a kind. */
export function changesOf<I extends object, O extends object>(definition: Definition<I, O>): Changes<I, O> {
  const isSame = equalityBy(definition);
  const codec = stateCodec(definition);
  const callsFor = (from: Partial<I & O>, news: I) =>
    definition.changes.flatMap((call) => {
      if (call.isFor?.(news) === false) return [];
      const changed = call.properties.filter((name) => !isSame(name, from[name], news[name]));
      return changed.length > 0 || call.isPending?.(from, news) ? [{ call, changed }] : [];
    });

  return {
    areNeeded: (from, news) => callsFor(from, news).length > 0,

    async apply(api, id, from, news, isCreated) {
      const hidden = pick(news, HIDDEN_INPUTS);
      let reached: Properties = { ...from };
      let isTouched = isCreated;
      const reach = (now: object) => {
        isTouched = true;
        reached = { ...reached, ...now };
      };
      for (const { call, changed } of callsFor(from as Partial<I & O>, news)) {
        try {
          await call.apply(api, { olds: from, news, changed }, reach);
        } catch (error) {
          if (!isTouched) throw error;
          throw new PartialFailure(id, codec.state(reached, { ...reached, ...hidden }), error as Error);
        }
        reach(pick(news, changed));
      }
      return reached;
    },
  };
}
