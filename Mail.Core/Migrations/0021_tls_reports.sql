-- TLS sessions with recipient domains that ask for reports of them (RFC 8460), counted by day, and which days were reported.
-- They are about other people's domains and belong to no tenant.

create table tls_sessions (
    day          date    not null,
    domain       text    not null,
    policy_type  text    not null check (policy_type in ('tlsa', 'sts', 'no-policy-found')),
    result       text    not null,  -- empty for a session that was as it should be
    mx_host      text    not null,
    mx_address   text    not null,
    policy       text    not null,  -- as it was last that day, one item a line
    mx_patterns  text    not null,
    sessions     bigint  not null,
    primary key (day, domain, policy_type, result, mx_host, mx_address)
);

create table tls_reports (
    day         date         not null,
    domain      text         not null,
    claimed_at  timestamptz  not null default now(),
    attempts    integer      not null default 1,
    sent_at     timestamptz,
    primary key (day, domain)
);
