// What the bench asks of every way to manage client users.

/** One client user, in the words of no tool. */
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

/** A command line that is to be timed. */
export interface Command {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export interface Contender {
  title: string;
  /** The tool that it runs on, with its version. */
  tool: string;
  /** Matches the command line of the process that hosts the provider. */
  provider: RegExp;
  /** One that does not leaves no accounts. */
  callsApi: boolean;
  /** A fresh stack in an empty folder. */
  prepare(folder: string, api: Api, signal: AbortSignal): Promise<Stack>;
}

export interface Stack {
  /** Makes these users the declared ones, from the next `up` on. */
  declare(users: User[]): Promise<void>;
  up: Command;
  refresh: Command;
  destroy: Command;
  stateFile: string;
}

/** Settings of the person who runs the bench would change what is measured: these take them out of an environment. */
export const unset = (prefixes: RegExp): Record<string, undefined> =>
  Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => prefixes.test(name))
      .map((name) => [name, undefined]),
  );
