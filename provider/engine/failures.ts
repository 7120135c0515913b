import { NotFoundError, ValidationError } from "../api/errors";
import { advice } from "./advice";
import type { Definition } from "./define";
import type { Properties } from "./properties";
import type { Session } from "./session";

/** Something was created or changed before a call failed: what was reached goes into state together with the error. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  constructor(
    readonly id: string,
    readonly state: Properties,
    override readonly cause: Error,
  ) {
    super(cause.message);
  }
}

/** A verb failed. `message` is the cause with the way out, `subject` names the resource. */
export class ResourceError extends Error {
  override readonly name = "ResourceError";
  constructor(
    readonly subject: string,
    message: string,
    cause: unknown,
    /** What was created or changed before. */
    readonly reached: Pick<PartialFailure, "id" | "state"> | undefined,
  ) {
    super(message, { cause });
    // Pulumi shows the stack trace for every resource: it is of use for a defect in this package only.
    this.stack = isDefect(cause) ? (cause.stack ?? "") : "";
  }

  override toString(): string {
    return this.subject;
  }
}

const isDefect = (cause: unknown): cause is Error =>
  [TypeError, RangeError, ReferenceError].some((type) => cause instanceof type);

/**
 * The error of a verb in the program's own property names. Of many resources that fail for one cause, the first shows it and
 * the others refer to it.
 */
export function resourceError<I extends object, O extends object>(
  definition: Definition<I, O>,
  session: Session,
  subject: string,
  error: unknown,
): ResourceError {
  const reached = error instanceof PartialFailure ? error : undefined;
  const cause = reached?.cause ?? error;
  return new ResourceError(subject, session.causeFor(subject, textOf(definition, cause)), cause, reached);
}

function textOf<I extends object, O extends object>({ property }: Definition<I, O>, cause: unknown): string {
  if (cause instanceof ValidationError) return cause.renamed((field) => field && property(field)).message;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The error, with the advice to refresh where a call of an update was answered by 404: then the state is out of date. */
export function withRefreshAdvice(error: unknown): unknown {
  const cause = error instanceof PartialFailure ? error.cause : error;
  if (!(cause instanceof NotFoundError)) return error;
  const advised = new Error(`${cause.message} ${advice.refresh()}`, { cause });
  return error instanceof PartialFailure ? new PartialFailure(error.id, error.state, advised) : advised;
}
