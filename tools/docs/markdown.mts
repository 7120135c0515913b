/** Parts of a page. */

/** A page of paragraphs, tables and code, of which some may be absent. */
export const page = (...parts: (string | undefined)[]): string =>
  `${parts.filter((part) => part !== undefined && part !== "").join("\n\n")}\n`;

/** A table without its empty columns. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = headings.map((_, i) => i === 0 || rows.some((row) => row[i]));
  const line = (cells: readonly string[]) => `| ${cells.filter((_, i) => used[i]).join(" | ")} |`;
  const oneLine = (cell: string) => cell.replace(/\s*\n\s*/g, " ").replaceAll("|", "\\|");
  return [line(headings), line(headings.map(() => "---")), ...rows.map((row) => line(row.map(oneLine)))].join("\n");
}

export const code = (text: string): string => `\`${text}\``;

export const codeBlock = (text: string, language = "ts"): string => `\`\`\`${language}\n${text}\n\`\`\``;

/** "a, b and c" */
export const and = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
