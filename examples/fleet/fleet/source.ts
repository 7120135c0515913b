/** A fleet file as it was read: its content, and where each part of it stands. */
export interface Source {
  file: string;
  content: unknown;
  /** What could not be read. The content is what remains. */
  unreadable: Problem[];
  /** Line of the deepest part of the path that there is, from 1. */
  lineOf(path: readonly PropertyKey[]): number;
}

export interface Problem {
  line: number;
  message: string;
}
