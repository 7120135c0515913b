import { catalogue } from "../store/features";
import type { Content } from "./content";
import { FilterLink, Moment, Section, Table } from "./parts";

const columns = ["id", "full_name", "email", "phone", "reseller", "date_joined", "activated", "clients"];

export function Sellers({ sellers }: { sellers: Content["sellers"] }) {
  return (
    <Section id="sellers" title="Sellers" of={sellers}>
      {sellers.shown.length === 0 && <p class="box empty">No seller matches the filter.</p>}
      {sellers.shown.length > 0 && (
        <Table label="Table of sellers" columns={columns}>
          {sellers.shown.map((seller) => (
            <tr id={`seller-${seller.id}`}>
              <td>{seller.id}</td>
              <th scope="row">
                {seller.full_name} {seller.deleted && <span class="status deleted">deleted</span>}
              </th>
              <td>{seller.email}</td>
              <td>{seller.phone ?? "–"}</td>
              <td>{seller.reseller}</td>
              <td>
                <Moment time={seller.date_joined} />
              </td>
              <td>{seller.activated ? "yes" : "no"}</td>
              <td>{seller.clients === 0 ? 0 : <FilterLink text={seller.email}>{seller.clients}</FilterLink>}</td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

export function Resellers({ resellers }: { resellers: Content["resellers"] }) {
  return (
    <Section id="resellers" title="Resellers">
      <dl class="box plain">
        {resellers.map(({ id, clients, available }) => (
          <div>
            <dt>Reseller {id}</dt>
            <dd>
              {clients} client {clients === 1 ? "account" : "accounts"}
              <span class="dim"> · available by default: {available.join(", ")}</span>
            </dd>
          </div>
        ))}
        <div>
          <dt>Features</dt>
          {catalogue.map(({ id, name, service, is_free }) => (
            <dd>
              {name}
              <span class="dim">
                {" "}
                {id} · {service} · {is_free ? "free" : "paid"}
              </span>
            </dd>
          ))}
        </div>
      </dl>
    </Section>
  );
}
