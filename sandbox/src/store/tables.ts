/** Changes with the tables: a file of another version is refused. */
export const TABLES_VERSION = 2;

export const tables = `
  create table if not exists settings (name text primary key, value text not null) strict;
  create table if not exists sellers (
    id integer primary key autoincrement,
    reseller integer not null,
    email text not null,
    email_key text not null,
    full_name text not null,
    phone text,
    date_joined integer not null,
    activated integer not null default 0,
    deleted integer not null default 0
  ) strict;
  create index if not exists sellers_by_email on sellers (email_key);
  create table if not exists clients (
    id integer primary key autoincrement,
    reseller integer not null,
    owner integer not null,
    email text not null,
    name text,
    phone text,
    company text not null,
    status text not null default 'new',
    custom_id text,
    country_code text,
    seller integer,
    is_test integer not null default 0,
    deleted integer not null default 0,
    created_at integer not null,
    website text,
    entry_base_domain text,
    signup_process text not null default 'sign_up_full',
    bill_type text not null default 'POST',
    client_type text not null default 'common',
    promocode text,
    secondary_hostname text,
    traffic_gb integer not null default 0
  ) strict;
  create index if not exists clients_by_reseller on clients (reseller, id);
  create index if not exists clients_by_custom_id on clients (custom_id);
  create index if not exists clients_by_seller on clients (seller);
  create index if not exists clients_by_created_at on clients (created_at);
  create table if not exists users (
    id integer primary key autoincrement,
    reseller integer not null,
    client integer not null,
    email text not null,
    email_key text not null,
    password text not null,
    name text,
    phone text,
    lang text not null,
    deleted integer not null default 0,
    activated integer not null default 1,
    is_active integer not null default 1,
    sso_auth integer not null default 0,
    two_fa integer not null default 0
  ) strict;
  create unique index if not exists users_by_email on users (email_key) where deleted = 0;
  create table if not exists memberships (
    user integer not null, client integer not null, role integer not null, primary key (user, client)
  ) strict;
  create index if not exists memberships_by_client on memberships (client);
  create table if not exists default_availability (
    reseller integer not null, product text not null, available integer not null, primary key (reseller, product)
  ) strict;
  create table if not exists availability (
    client integer not null, product text not null, available integer not null, primary key (client, product)
  ) strict;
  create table if not exists services (
    client integer not null,
    product text not null,
    status text not null,
    previous_status text not null,
    changed_at integer not null,
    trial_start integer,
    enabled integer not null,
    options text not null,
    next_status text,
    next_at integer,
    primary key (client, product)
  ) strict;
  create index if not exists services_by_next_at on services (next_at) where next_at is not null;
  create table if not exists free_features (
    id integer primary key autoincrement, client integer not null, feature integer not null, created_at integer not null
  ) strict;
  create index if not exists free_features_by_client on free_features (client);
  create table if not exists paid_features (
    id integer primary key autoincrement, client integer not null, feature integer not null, created_at integer not null
  ) strict;
  create index if not exists paid_features_by_client on paid_features (client);
  create table if not exists tokens (
    id integer primary key autoincrement,
    client integer not null,
    user integer not null,
    role integer not null,
    name text not null,
    description text,
    expires_at text,
    created_at text not null,
    deleted integer not null default 0
  ) strict;
  create index if not exists tokens_by_client on tokens (client);
  create index if not exists tokens_by_user on tokens (user);
  -- Without a primary key, so that the session of a delayed copy does not record it.
  create table if not exists requests (entry text not null) strict;
`;
