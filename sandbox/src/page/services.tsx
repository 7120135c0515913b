import type { AccountDetails, ServiceDetails } from "../types";
import { Moment, Status, Table } from "./parts";

/** Services that were begun stand out; the others are named. */
export function Services({ account: { services, features } }: { account: AccountDetails }) {
  const begun = services.filter(({ status }) => status !== "new");
  const names = (some: ServiceDetails[]) => some.map(({ name }) => name).join(", ");
  const available = services.filter((one) => one.status === "new" && one.available);
  const unavailable = services.filter(({ available }) => !available);
  return (
    <div class="services">
      {(begun.length > 0 || features.length > 0) && (
        <ul class="chips" aria-label="Services and features">
          {begun.map(({ name, status, enabled }) => (
            <li>
              <Status status={status}>
                <b>{name}</b>
              </Status>
              {!enabled && <span class="off">not enabled</span>}
            </li>
          ))}
          {features.map(({ name, kind }) => (
            <li>
              <span class="status">
                <b>{name}</b> {kind}
              </span>
            </li>
          ))}
        </ul>
      )}
      {available.length > 0 && <p class="dim">available: {names(available)}</p>}
      {unavailable.length > 0 && <p class="dim">not available: {names(unavailable)}</p>}
    </div>
  );
}

const columns = "id product status previous_status status_changed_at next enabled available options".split(" ");

export function ServiceTable({ services, id }: { services: ServiceDetails[]; id: number }) {
  return (
    <Table label={`Services of ${id}`} columns={columns}>
      {services.map((one) => (
        <tr>
          <td>{one.id}</td>
          <th scope="row">{one.name}</th>
          <td>
            <Status status={one.status} />
          </td>
          <td>{one.previous_status}</td>
          <td>
            <Moment time={one.status_changed_at} />
          </td>
          <td>
            {one.next_status} {one.next_at !== null && <Moment time={one.next_at} />}
          </td>
          <td>{one.enabled ? "yes" : "no"}</td>
          <td>{one.available ? "yes" : "no"}</td>
          <td>{JSON.stringify(one.options)}</td>
        </tr>
      ))}
    </Table>
  );
}
