/** Progress on standard error: a line that grows in a terminal, and only its end elsewhere. */
export function progressLine(what: string) {
  const { stderr } = process;
  const text = (count: number) => `${count.toLocaleString("en")} ${what}`;
  return {
    show(count: number) {
      // A page has at most 100.
      if (stderr.isTTY && count % 100 === 0) stderr.write(`\r${text(count)}`);
    },
    end(count: number) {
      stderr.write(`${stderr.isTTY ? "\r" : ""}${text(count)}\n`);
    },
  };
}
