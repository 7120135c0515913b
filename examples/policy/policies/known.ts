import { UnknownValueError } from "@pulumi/policy";

/** Stands for a value that a preview does not know yet. */
export const UNKNOWN = Symbol("unknown");

/** A property of a resource. Reading an unknown one itself would end the whole policy. */
export function known<T, K extends keyof T>(properties: T, name: K): T[K] | typeof UNKNOWN {
  try {
    return properties[name];
  } catch (error) {
    if (error instanceof UnknownValueError) return UNKNOWN;
    throw error;
  }
}
