/** Progress on standard error: a line that grows in a terminal, and only its end elsewhere. */
export function progressLine(what: string) {
  const { stderr } = process;
  const text = (count: number) => `${what}: ${count.toLocaleString("en")}`;
  let isOpen = false;
  return {
    show(count: number) {
      // A page has at most 100.
      if (!stderr.isTTY || count % 100 !== 0) return;
      stderr.write(`\r${text(count)}`);
      isOpen = true;
    },
    end(count: number) {
      stderr.write(`${isOpen ? "\r" : ""}${text(count)}\n`);
    },
    /** Leaves the line as it is, for an error after it. */
    abandon() {
      if (isOpen) stderr.write("\n");
    },
  };
}
