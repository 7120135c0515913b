import type { Call, Content } from "./content";
import { FilterLink, Section } from "./parts";

export function Calls({ calls }: { calls: Content["calls"] }) {
  return (
    <Section id="calls" title="Calls" of={calls} remark="times in UTC">
      {calls.total === 0 && <p class="box empty">No calls yet.</p>}
      {calls.total > 0 && calls.found === 0 && <p class="box empty">No call matches the filter.</p>}
      {calls.shown.length > 0 && (
        <ol class="box">
          {calls.shown.map((call) => (
            <CallLine call={call} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function CallLine({ call }: { call: Call }) {
  const { seq, time, method, path, query, status, ms, client, companyName, fault, unknown, unknownQuery } = call;
  return (
    <li id={`call-${seq}`}>
      <span class={`method ${method}`}>{method}</span>
      <span class="path">
        {path}
        {query.length > 0 && <span class="dim">?{query.join("&")}</span>}
      </span>
      <span class={`code ${codeClass(status)}`}>{status ?? "dropped"}</span>
      <span class="dim about">
        <time datetime={time}>{time.slice(11, 23)}</time> · {ms} ms
        {client !== undefined && (
          <>
            {" · "}
            <FilterLink text={client}>{companyName === undefined ? client : `${companyName} ${client}`}</FilterLink>
          </>
        )}
        {fault !== undefined && <span class="status fault">{fault}</span>}
        {unknown && <span class="status fault">unknown call</span>}
        {unknownQuery.length > 0 && <span class="status fault">unknown: {unknownQuery.join(", ")}</span>}
      </span>
    </li>
  );
}

function codeClass(status: number | null): string {
  if (status === null || status >= 500) return "failed";
  return status >= 400 ? "refused" : "ok";
}
