-- Where mail goes and how fast: what workers tell about destinations, routes of the operator's choice, and the
-- addresses that mail leaves from.

-- State belongs to a destination and changes often, the way of a domain belongs to the domain and hardly changes.
alter table delivery_destinations drop column state, drop column until;
create table delivery_destination_states (
    destination  text        not null,
    worker       text        not null,
    provider     text        not null,
    in_progress  integer     not null,
    waiting      integer     not null,
    speed        real        not null,
    reason       text,
    until        timestamptz,
    seen_at      timestamptz not null default now(),
    primary key (destination, worker)
);
create index delivery_destination_states_worker on delivery_destination_states (worker);

-- Overrides: the most special wins (organization and domain, domain, organization). Empty text stands for "any".
create table delivery_routes (
    organization_id  uuid        not null default '00000000-0000-0000-0000-000000000000',
    domain           text        not null default '' check (domain = lower(domain)),
    -- host:port; null: as without the override.
    relay            text,
    relay_tls        text        check (relay_tls in ('opportunistic', 'required', 'verified', 'implicit', 'disabled')),
    relay_user       text,
    relay_password   bytea,  -- sealed, see Secrets/SecretBox.cs
    -- The sources to leave from; null: those of the default pool.
    pool             text,
    created_at       timestamptz not null default now(),
    primary key (organization_id, domain),
    check (relay is not null or pool is not null),
    check ((relay_user is null) = (relay_password is null))
);

-- An address that mail leaves from, with the name it says in EHLO. A new one is warmed up: day by day it may send more.
create table delivery_sources (
    name         text        not null primary key check (length(name) between 1 and 100),
    pool         text        not null default 'default',
    address      inet,
    ehlo_name    text        not null,
    weight       integer     not null default 1 check (weight between 1 and 1000),
    -- Null: warm.
    warmup_from  date,
    created_at   timestamptz not null default now()
);

-- What sources that are being warmed up have been allowed so far, by provider and UTC day.
create table delivery_source_days (
    source    text    not null,
    provider  text    not null,
    day       date    not null,
    used      integer not null,
    primary key (source, provider, day)
);
