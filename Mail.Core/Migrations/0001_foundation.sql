-- The tables that one mail needs on its way from an API call to an SMTP reply.
--
-- Every tenant-owned table has the organization in its key. What grows with traffic (messages, contents,
-- recipients, attempts, events) is partitioned by month on its UUIDv7 id, so that retention is dropping a
-- partition; the queue is small and hot: its rows leave when the delivery is settled.
-- Foreign keys tie the configuration tables together. The traffic tables have none: their rows are written
-- together in one transaction, and a checked reference on each would cost more than the insert itself.

create table organizations (
    id          uuid        not null primary key,
    name        text        not null unique check (length(name) between 1 and 200),
    status      text        not null default 'active' check (status in ('active', 'suspended')),
    created_at  timestamptz not null default now()
);

create table api_keys (
    organization_id     uuid        not null references organizations,
    id                  uuid        not null,
    name                text        not null check (length(name) between 1 and 200),
    mode                text        not null check (mode in ('live', 'test')),
    prefix              text        not null unique check (prefix ~ '^[a-z0-9]{8}$'),
    secret_hash         bytea       not null check (octet_length(secret_hash) = 32),
    scopes              text[]      not null check (cardinality(scopes) > 0),
    domain_restriction  text,
    created_at          timestamptz not null default now(),
    expires_at          timestamptz,
    revoked_at          timestamptz,
    last_used_at        timestamptz,
    primary key (organization_id, id),
    unique (organization_id, name)
);

create table domains (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    name             text        not null unique check (name = lower(name) and length(name) between 1 and 253),
    status           text        not null default 'pending' check (status in ('pending', 'verified', 'failed', 'disabled')),
    created_at       timestamptz not null default now(),
    verified_at      timestamptz,
    last_checked_at  timestamptz,
    primary key (organization_id, id),
    check (status <> 'verified' or verified_at is not null)
);

-- A domain signs with its active key; a second selector exists while a key is being rotated.
create table dkim_keys (
    organization_id  uuid        not null,
    domain_id        uuid        not null,
    selector         text        not null check (selector ~ '^[a-z0-9-]{1,63}$'),
    algorithm        text        not null check (algorithm in ('rsa', 'ed25519')),
    private_key      bytea       not null,  -- sealed, see Secrets/SecretBox.cs
    public_record    text        not null,
    active           boolean     not null,
    created_at       timestamptz not null default now(),
    primary key (organization_id, domain_id, selector),
    foreign key (organization_id, domain_id) references domains (organization_id, id) on delete cascade
);
create unique index dkim_keys_active on dkim_keys (organization_id, domain_id, algorithm) where active;

create table messages (
    organization_id  uuid        not null,
    id               uuid        not null,
    mode             text        not null check (mode in ('live', 'test')),
    status           text        not null check (status in
        ('scheduled', 'queued', 'sent', 'deferred', 'failed', 'bounced', 'suppressed', 'canceled')),
    api_key_id       uuid,
    domain_id        uuid        not null,
    from_address     text        not null,
    from_name        text,
    subject          text        not null check (length(subject) <= 998),
    tags             jsonb,
    metadata         jsonb,
    traceparent      text,
    created_at       timestamptz not null default now(),
    settled_at       timestamptz,
    primary key (organization_id, id),
    check (status not in ('scheduled', 'queued', 'deferred') or settled_at is null)
) partition by range (id);

create table message_contents (
    organization_id  uuid  not null,
    message_id       uuid  not null,
    html             text,
    text             text,
    reply_to         jsonb,
    headers          jsonb,
    attachments      jsonb,
    primary key (organization_id, message_id),
    check (html is not null or text is not null)
) partition by range (message_id);

-- 'sending' is no stored state: it is a queue row under a live lease, so nothing can be stuck in it.
create table message_recipients (
    organization_id  uuid        not null,
    message_id       uuid        not null,
    ordinal          smallint    not null,
    kind             text        not null check (kind in ('to', 'cc', 'bcc')),
    address          text        not null,
    name             text,
    domain           text        not null,
    status           text        not null check (status in
        ('scheduled', 'queued', 'sent', 'deferred', 'failed', 'bounced', 'suppressed', 'canceled')),
    attempts         integer     not null default 0,
    next_attempt_at  timestamptz,
    settled_at       timestamptz,
    smtp_code        smallint,
    enhanced_code    text,
    reply            text,
    -- A bounce arrives with the message id alone, so that leads the key.
    primary key (message_id, organization_id, ordinal),
    check ((status in ('scheduled', 'queued', 'deferred')) = (settled_at is null)),
    check (status <> 'deferred' or next_attempt_at is not null)
) partition by range (message_id);

create table delivery_attempts (
    organization_id  uuid        not null,
    id               uuid        not null,
    message_id       uuid        not null,
    recipient        smallint    not null,
    number           integer     not null,
    outcome          text        not null check (outcome in ('delivered', 'deferred', 'bounced', 'failed', 'uncertain')),
    stage            text        not null,
    cause            text        not null,
    started_at       timestamptz not null,
    ended_at         timestamptz not null,
    mx_host          text,
    mx_address       text,
    tls_version      text,
    tls_cipher       text,
    smtp_code        smallint,
    enhanced_code    text,
    reply            text,
    next_attempt_at  timestamptz,
    worker           text        not null,
    primary key (organization_id, id),
    check (ended_at >= started_at)
) partition by range (id);
create index delivery_attempts_message on delivery_attempts (organization_id, message_id);

create table events (
    organization_id  uuid        not null,
    id               uuid        not null,
    type             text        not null,
    resource_type    text        not null,
    resource_id      uuid        not null,
    message_id       uuid,
    data             jsonb,
    created_at       timestamptz not null default now(),
    primary key (organization_id, id)
) partition by range (id);
create index events_message on events (organization_id, message_id) where message_id is not null;

-- One row per message and recipient domain. A lease is due_at moved into the future with leased_by set, so an
-- expired lease is simply due again; lease_token grows with every claim and fences late writers.
create table delivery_queue (
    id               uuid        not null primary key,
    organization_id  uuid        not null,
    message_id       uuid        not null,
    mode             text        not null check (mode in ('live', 'test')),
    domain           text        not null,
    priority         smallint    not null default 1 check (priority between 0 and 2),
    enqueued_at      timestamptz not null default now(),
    due_at           timestamptz not null default now(),
    give_up_at       timestamptz not null,
    attempts         integer     not null default 0,
    lease_token      bigint      not null default 0,
    leased_by        text
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05);
create index delivery_queue_due on delivery_queue (due_at);
create index delivery_queue_message on delivery_queue (message_id);

create table idempotency_keys (
    organization_id  uuid        not null,
    operation        text        not null,
    key              text        not null check (length(key) between 1 and 256),
    request_hash     bytea       not null check (octet_length(request_hash) = 32),
    message_id       uuid        not null,
    status           text        not null,
    expires_at       timestamptz not null,
    primary key (organization_id, operation, key)
);
create index idempotency_keys_expiry on idempotency_keys (expires_at);

-- What Development captures and what test keys send, kept as received.
create table dev_inbox (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    message_id       uuid,
    mail_from        text        not null,
    rcpt_to          text        not null,
    subject          text        not null,
    raw              bytea       not null,
    authentication   jsonb       not null,
    received_at      timestamptz not null default now(),
    primary key (organization_id, id)
);
create index dev_inbox_rcpt_to on dev_inbox (organization_id, rcpt_to, id);

-- The smallest UUIDv7 of an instant (RFC 9562 §5.7: 48 bits of Unix milliseconds lead).
create function uuid_at(instant timestamptz) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of this month and the given number of months after it, where they are missing.
create function ensure_month_partitions(months_ahead integer) returns void language plpgsql as $$
declare
    parent text;
    month timestamp;
    partition_name text;
begin
    foreach parent in array array['messages', 'message_contents', 'message_recipients', 'delivery_attempts', 'events'] loop
        -- One month back: the clocks of hosts and database may disagree around midnight.
        for i in -1..months_ahead loop
            month := date_trunc('month', now() at time zone 'UTC') + make_interval(months => i);
            partition_name := format('%s_%s', parent, to_char(month, 'YYYYMM'));
            if to_regclass(partition_name) is null then
                execute format('create table %I partition of %I for values from (%L) to (%L)',
                    partition_name, parent, uuid_at(month at time zone 'UTC'),
                    uuid_at((month + interval '1 month') at time zone 'UTC'));
            end if;
        end loop;
    end loop;
end $$;

-- The status of a message: the least settled of its recipients, then the worst.
create function message_status(organization uuid, message uuid) returns text language sql stable as $$
    select status from message_recipients
    where message_id = message and organization_id = organization
    order by array_position(array['scheduled', 'queued', 'deferred', 'failed', 'bounced', 'suppressed', 'canceled', 'sent'], status)
    limit 1
$$;

select ensure_month_partitions(3);
