-- What decides whether a message may be accepted, and for whom: suppressed addresses, what is used of limits and money,
-- and the reputation that bounces and complaints make.
--
-- Counters have slots: writers that commit at the same moment take different ones and do not wait for each other; who
-- reads adds them up. Counted is in the transaction that makes it true, so a counter never disagrees with the messages.

alter table organizations
    add column billing_enabled boolean not null default false,
    add column has_payment_method boolean not null default false,
    add column spend_cap_cents bigint check (spend_cap_cents >= 0);

-- An address that gets nothing. The key is the address with its case and its domain's script folded, see
-- Suppressions/AddressKey.cs: every spelling of a mailbox meets the same row.
create table suppressions (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    address_key      text        not null check (length(address_key) between 3 and 400),
    email            text        not null,
    reason           text        not null check (reason in
        ('hard_bounce', 'complaint', 'manual', 'repeated_soft_bounce', 'blocked', 'unsubscribe')),
    source           text        not null check (source in ('bounce_processor', 'user', 'system', 'future_complaint_processor')),
    message_id       uuid,
    metadata         jsonb,
    created_at       timestamptz not null default now(),
    expires_at       timestamptz,
    primary key (organization_id, address_key)
);
create unique index suppressions_id on suppressions (organization_id, id);

-- Soft bounces of an address since the last mail that it took.
create table soft_bounces (
    organization_id  uuid        not null,
    address_key      text        not null,
    count            integer     not null check (count > 0),
    first_at         timestamptz not null default now(),
    last_at          timestamptz not null default now(),
    primary key (organization_id, address_key)
);

-- One per message and recipient, however often the news of it arrives.
create table bounces (
    organization_id  uuid        not null,
    id               uuid        not null,
    message_id       uuid        not null,
    recipient        smallint    not null,
    address          text        not null,
    type             text        not null check (type in ('hard', 'soft', 'unknown')),
    source           text        not null check (source in ('dsn', 'smtp_log', 'manual', 'internal')),
    cause            text,
    smtp_code        smallint,
    enhanced_code    text,
    text             text,
    created_at       timestamptz not null default now(),
    primary key (organization_id, id),
    unique (organization_id, message_id, recipient)
);

create table complaints (
    organization_id  uuid        not null,
    id               uuid        not null,
    message_id       uuid        not null,
    recipient        smallint    not null,
    address          text        not null,
    feedback_type    text,
    source           text        not null check (source in ('arf', 'manual', 'internal')),
    created_at       timestamptz not null default now(),
    primary key (organization_id, id),
    unique (organization_id, message_id, recipient)
);

-- Recipients accepted per UTC month: what is billed.
create table usage_counters (
    organization_id  uuid      not null,
    period           text      not null check (period ~ '^[0-9]{4}-[0-9]{2}$'),
    slot             smallint  not null,
    accepted         bigint    not null,
    primary key (organization_id, period, slot)
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);

-- What was told once in a period.
create table usage_notices (
    organization_id       uuid        not null,
    period                text        not null,
    spend_cap_reached_at  timestamptz not null default now(),
    primary key (organization_id, period)
);

-- Per hour and sending domain: recipients accepted (limits), and what became of those attempted (reputation).
create table sending_hours (
    organization_id  uuid        not null,
    hour             timestamptz not null,
    domain_id        uuid        not null,
    slot             smallint    not null,
    accepted         bigint      not null default 0,
    sent             bigint      not null default 0,
    hard_bounced     bigint      not null default 0,
    complained       bigint      not null default 0,
    primary key (organization_id, hour, domain_id, slot)
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);
create index sending_hours_hour on sending_hours (hour);

-- What an operator set for one organization; null leaves it to the options. A row exists once something was set.
create table sending_limits (
    organization_id      uuid        not null primary key references organizations,
    tier                 text        not null default 'standard' check (length(tier) between 1 and 50),
    per_second           bigint      check (per_second > 0),
    hourly               bigint      check (hourly >= 0),
    daily                bigint      check (daily >= 0),
    warmup_started_at    timestamptz,
    review_state         text        not null default 'none' check (review_state in ('none', 'pending', 'approved', 'rejected')),
    review_reason        text,
    review_requested_at  timestamptz,
    -- An approved review starts the reputation anew.
    reputation_since     timestamptz,
    check (review_state = 'none' or review_requested_at is not null)
);

-- The latest roll-up. The nil UUID stands for the whole organization.
create table reputation (
    organization_id  uuid        not null,
    domain_id        uuid        not null,
    status           text        not null check (status in ('healthy', 'watch', 'throttled', 'disabled')),
    score            smallint    not null check (score between 0 and 100),
    sent             bigint      not null,
    hard_bounced     bigint      not null,
    complained       bigint      not null,
    updated_at       timestamptz not null default now(),
    primary key (organization_id, domain_id)
);

create table reputation_events (
    organization_id  uuid        not null,
    id               uuid        not null,
    domain_id        uuid        not null,
    severity         text        not null check (severity in ('info', 'warning', 'critical')),
    previous         text        not null,
    status           text        not null,
    score            smallint    not null,
    bounce_rate      double precision not null,
    complaint_rate   double precision not null,
    created_at       timestamptz not null default now(),
    primary key (organization_id, id)
);
