-- How much TLS mail needs on its way, what recipient domains ask for by MTA-STS, and what came of it.

-- What mail of a domain needs, and what a message asks for beyond that (null: nothing).
alter table domains add column tls text not null default 'opportunistic' check (tls in ('opportunistic', 'required'));
alter table messages add column tls text check (tls in ('opportunistic', 'required', 'requiretls'));

-- The policy an attempt was under, how the server's certificate was verified (null: not), and what was wrong in the
-- words of RFC 8460 §4.3 (null: nothing).
alter table delivery_attempts
    add column tls_policy       text,
    add column tls_verification text check (tls_verification in ('pkix', 'dane')),
    add column tls_problem      text;

-- Policies as fetched (RFC 8461 §3.3), shared by all workers. They are about recipients' domains and belong to no tenant.
create table mta_sts_policies (
    domain      text        not null primary key check (domain = lower(domain)),
    policy_id   text        not null,
    policy      text        not null,
    fetched_at  timestamptz not null default now(),
    expires_at  timestamptz not null
);
create index mta_sts_policies_expiry on mta_sts_policies (expires_at);
