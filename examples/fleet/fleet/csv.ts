import { parse } from "csv-parse/sync";
import { products } from "./schema";
import type { Problem, Source } from "./source";

/** Reads CSV: a row of each account, with the fields of an entry as columns. An empty cell is no field. */

const texts = [
  ...["email", "company", "name", "phone", "lang", "customId", "countryCode"],
  ...["adoptId", "formerName", "sendPasswordReset"],
];
const flags = ["isTest", "protect", "offboard"];
const maps = ["products", "services"];
const columns = [
  ...["account", ...texts, "seller", ...flags, "features"],
  ...maps.flatMap((map) => products.map((product) => `${map}.${product}`)),
];

export function readCsv(file: string, text: string): Source {
  const unreadable: Problem[] = [];
  const accounts: Record<string, object> = {};
  const lines = new Map<string, number>();
  const [header = ""] = text.split("\n", 1);

  const rows = parse(text, {
    bom: true,
    trim: true,
    skip_empty_lines: true,
    // As some spreadsheets write it.
    delimiter: header.includes(",") ? "," : ";",
    columns: (names: string[]) => {
      unreadable.push(...headerProblems(names));
      return names.map((name) => (columns.includes(name) ? name : false));
    },
    info: true,
    skip_records_with_error: true,
    on_skip: (error) => void unreadable.push({ line: Number(error?.lines), message: String(error?.message) }),
  }) as unknown as { record: Record<string, string>; info: { lines: number } }[];

  for (const { record, info } of rows) {
    const { account = "", ...cells } = record;
    const problem =
      account === "" ? "account: is missing" : lines.has(account) ? `${account}: is there twice` : undefined;
    if (problem) unreadable.push({ line: info.lines, message: problem });
    else {
      lines.set(account, info.lines);
      accounts[account] = entryOf(cells);
    }
  }
  return {
    file,
    content: { accounts },
    unreadable,
    lineOf: ([, account]) => lines.get(String(account)) ?? 1,
  };
}

function headerProblems(names: string[]): Problem[] {
  const unknown = names.filter((name) => !columns.includes(name));
  const repeated = names.filter((name, i) => names.indexOf(name) < i);
  return [
    ...unknown.map((name) => `column "${name}" is not known; there are ${columns.join(", ")}`),
    ...repeated.map((name) => `column "${name}" is there twice`),
    ...(names.includes("account") ? [] : ['column "account" is missing: the name of each account in code']),
  ].map((message) => ({ line: 1, message }));
}

function entryOf(cells: Record<string, string>): object {
  const entry: Record<string, unknown> = {};
  for (const [column, cell] of Object.entries(cells)) {
    const [field = "", product] = column.split(".");
    if (cell === "") continue;
    if (product === undefined) entry[field] = readCell(field, cell);
    else entry[field] = { ...(entry[field] as object | undefined), [product]: readCell(field, cell) };
  }
  return entry;
}

/** A cell that cannot be read stays text: the schema says what it must be. */
function readCell(field: string, cell: string): unknown {
  if (field === "features") return cell.split("|").map((one) => numberOr(one.trim()));
  if (field === "seller") return numberOr(cell);
  const isFlag = flags.includes(field) || field === "products";
  const words: Record<string, boolean | null> = { true: true, false: false, null: null };
  const word = cell.toLowerCase();
  return isFlag && word in words ? words[word] : cell;
}

const numberOr = (cell: string) => (/^\d+$/.test(cell) ? Number(cell) : cell);
