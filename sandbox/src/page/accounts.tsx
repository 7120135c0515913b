import type { UserRecord } from "../types";
import { ACCOUNTS_SHOWN, type Content, type Query } from "./content";
import { Fields, FilterLink, Section, Status } from "./parts";
import { Services, ServiceTable } from "./services";

/** How many more accounts are shown on demand. */
const MORE = 200;

type Account = Content["accounts"]["shown"][number];

export function Accounts({ accounts, query, url }: { accounts: Content["accounts"]; query: Query; url: string }) {
  const { total, found, shown } = accounts;
  return (
    <Section id="accounts" title="Client accounts" of={accounts}>
      {query.show > ACCOUNTS_SHOWN && <input type="hidden" id="show" name="show" value={query.show} />}
      {total === 0 && <Empty url={url} />}
      {total > 0 && found === 0 && <p class="box empty">No client account matches the filter.</p>}
      {shown.length > 0 && (
        <div class="box">
          {shown.map((account) => (
            <AccountCard account={account} />
          ))}
        </div>
      )}
      {shown.length < found && (
        <p class="more">
          <a href={`/?${new URLSearchParams({ filter: query.filter, show: String(query.show + MORE) })}`}>
            Show {Math.min(MORE, found - shown.length)} more
          </a>
        </p>
      )}
    </Section>
  );
}

function Empty({ url }: { url: string }) {
  return (
    <div class="box empty">
      <p>No client accounts yet. They appear here as soon as a program creates them:</p>
      <pre>
        <code>{`export GCORE_BASE_URL='${url}' GCORE_API_KEY='…'\npulumi up`}</code>
      </pre>
      <p>The API key stands in the terminal in which the sandbox was started.</p>
    </div>
  );
}

function AccountCard({ account }: { account: Account }) {
  const { id, companyName, status, custom_id, reseller, seller, deleted, is_test, calls } = account;
  return (
    <article id={`account-${id}`} aria-labelledby={`company-${id}`}>
      <div class="who">
        <h3 id={`company-${id}`}>{companyName}</h3>
        <p class="dim">
          <FilterLink text={id}>{id}</FilterLink> <Status status={status} />
          {deleted && <span class="status deleted">deleted</span>}
          {is_test && <span class="status">test</span>}
        </p>
        <p class="dim">
          reseller {reseller}
          {seller !== null && ` · seller ${seller}`}
        </p>
        {custom_id !== null && <p class="custom-id">{custom_id}</p>}
      </div>
      <ul class="users" aria-label="Users">
        {account.users.map((user) => (
          <UserLine user={user} />
        ))}
        {account.users.length === 0 && <li class="dim">no users</li>}
      </ul>
      <Services account={account} />
      <details id={`fields-${id}`}>
        <summary>All fields</summary>
        <AllFields account={account} />
      </details>
      <p class="calls-of dim">
        <FilterLink text={id}>{calls === 1 ? "1 call" : `${calls} calls`}</FilterLink>
      </p>
    </article>
  );
}

function UserLine({ user }: { user: UserRecord }) {
  const remarks = [
    !user.activated && "not activated",
    !user.is_active && "not active",
    user.two_fa && "2FA",
    user.sso_auth && "SSO",
  ].filter(Boolean);
  return (
    <li>
      {user.email}
      <span class="dim">{[user.id, user.name, user.phone, user.lang, ...remarks].filter(Boolean).join(" · ")}</span>
    </li>
  );
}

function AllFields({ account: { services, features, users, calls: _, ...fields } }: { account: Account }) {
  return (
    <>
      <Fields of={fields} />
      {users.map((user) => (
        <>
          <h4>User {user.id}</h4>
          <Fields of={user} />
        </>
      ))}
      <h4>Services</h4>
      <ServiceTable services={services} id={fields.id} />
      {features.map(({ name, ...feature }) => (
        <>
          <h4>
            Feature {name} <span class="dim">{feature.kind}</span>
          </h4>
          <Fields of={feature} />
        </>
      ))}
    </>
  );
}
