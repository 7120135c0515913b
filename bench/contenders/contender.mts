// The interface of a contender: one tool that manages client users, and the commands that the bench measures.

/** One client user, independent of any tool. */
export interface User {
  email: string;
  password: string;
  name: string;
  company: string;
}

/** Where the API is and the key for it. */
export interface Api {
  url: string;
  key: string;
}

/** A command line to measure. */
export interface Command {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface Contender {
  title: string;
  /** The tool it runs on, with its version. */
  tool: string;
  /** Matches the command line of the process that hosts the provider. */
  provider: RegExp;
  /** False for a contender that creates no accounts. */
  callsApi: boolean;
  /** More users are not measured: the time that state takes grows with the square of the number of resources. */
  maxUsers?: number;
  /** In the phase "destroy" the accounts are removed from the declaration, and an `up` deletes them. */
  prunes?: boolean;
  /** A fresh stack in an empty folder. */
  prepare(folder: string, api: Api, signal: AbortSignal): Promise<Stack>;
}

export interface Stack {
  /** Declares these users; the next `up` applies them. */
  declare(users: User[]): Promise<void>;
  up: Command;
  refresh: Command;
  destroy: Command;
  /** The state, of all stacks, as JSON text. */
  readState(): Promise<string>;
}

/** Removes matching variables from the environment, since the caller's own settings would change what is measured. */
export const unset = (prefixes: RegExp): Record<string, undefined> =>
  Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => prefixes.test(name))
      .map((name) => [name, undefined]),
  );
