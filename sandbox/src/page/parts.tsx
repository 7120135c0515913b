import type { Child } from "hono/jsx";
import type { Found } from "./content";

/** A section with its heading; how many of how many are shown is said where that is not all. */
export function Section(props: { id: string; title: string; of?: Found<unknown>; remark?: string; children: Child }) {
  const { id, title, of, remark, children } = props;
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        {title} {of !== undefined && <Amount {...of} />}
        {remark !== undefined && <span class="dim">{remark}</span>}
      </h2>
      {children}
    </section>
  );
}

function Amount({ total, found, shown }: Found<unknown>) {
  const number = (count: number) => count.toLocaleString("en");
  if (found < total) return <span class="amount">{`${number(found)} of ${number(total)} match`}</span>;
  return (
    <span class="amount">{shown.length < found ? `the last ${shown.length} of ${number(total)}` : number(total)}</span>
  );
}

export function Status({ status, children }: { status: string; children?: Child }) {
  return (
    <span class={`status ${status}`}>
      {children} {status}
    </span>
  );
}

/** A table that is scrolled where the screen is too narrow for it. */
export function Table({ label, columns, children }: { label: string; columns: string[]; children: Child }) {
  return (
    <section class="scroll" tabindex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th scope="col">{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Fields by the names that they have in Gcore's API. */
export function Fields({ of }: { of: Record<string, unknown> }) {
  return (
    <dl>
      {Object.entries(of).map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd class={value === null || value === "" ? "none" : undefined}>{shown(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A link that shows only what contains `text`. */
export function FilterLink({ text, children }: { text: string | number; children: Child }) {
  return <a href={`/?filter=${encodeURIComponent(text)}`}>{children}</a>;
}

/** A moment to the second, in UTC. */
export function Moment({ time }: { time: string }) {
  return <time datetime={time}>{`${time.slice(0, 10)} ${time.slice(11, 19)}`}</time>;
}

function shown(value: unknown): string {
  if (value === null || value === "") return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
