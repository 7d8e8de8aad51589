-- Webhooks: where an organization wants its events, the queue of what is on its way there, and the history of it.
--
-- A delivery is one event for one endpoint. It is inserted by the statement that appends the event, so that no event can be
-- without its deliveries. As with mail, the queue is small and hot and its rows leave when a delivery is settled, while
-- deliveries and attempts are history, partitioned by month on their UUIDv7 ids.

create table webhook_endpoints (
    organization_id             uuid        not null references organizations,
    id                          uuid        not null,
    -- The surface that made it decides what a delivery looks like.
    dialect                     text        not null check (dialect in ('mail', 'account')),
    url                         text        not null check (length(url) between 1 and 2048),
    description                 text        check (length(description) <= 500),
    event_types                 text[]      not null check (cardinality(event_types) between 1 and 100),
    -- The same in the names of events, so that appending them compares and does not translate.
    wanted_types                text[]      not null check (cardinality(wanted_types) > 0),
    status                      text        not null default 'active' check (status in ('active', 'disabled')),
    disabled_reason             text        check (disabled_reason in ('requested', 'gone', 'failing')),
    secret                      bytea       not null,  -- sealed, see Secrets/SecretBox.cs
    secret_hint                 text        not null check (length(secret_hint) = 4),
    previous_secret             bytea,                 -- sealed; signs too until it expires
    previous_secret_expires_at  timestamptz,
    failure_count               integer     not null default 0,
    failing_since               timestamptz,
    last_success_at             timestamptz,
    last_failure_at             timestamptz,
    created_at                  timestamptz not null default now(),
    updated_at                  timestamptz not null default now(),
    primary key (organization_id, id),
    check ((status = 'disabled') = (disabled_reason is not null)),
    check ((previous_secret is null) = (previous_secret_expires_at is null))
) with (fillfactor = 70);
create index webhook_endpoints_active on webhook_endpoints (organization_id) where status = 'active';

create table webhook_deliveries (
    organization_id  uuid        not null,
    id               uuid        not null,
    endpoint_id      uuid        not null,
    event_id         uuid        not null,
    event_type       text        not null,
    status           text        not null default 'pending' check (status in ('pending', 'succeeded', 'failed')),
    attempts         integer     not null default 0,
    response_status  smallint,
    error            text,
    next_attempt_at  timestamptz,
    created_at       timestamptz not null default now(),
    settled_at       timestamptz,
    primary key (organization_id, id),
    check ((status = 'pending') = (settled_at is null))
) partition by range (id);
create index webhook_deliveries_endpoint on webhook_deliveries (organization_id, endpoint_id, id);
create index webhook_deliveries_failed on webhook_deliveries (organization_id, endpoint_id, id) where status = 'failed';

create table webhook_attempts (
    organization_id   uuid        not null,
    id                uuid        not null,
    delivery_id       uuid        not null,
    number            integer     not null,
    outcome           text        not null check (outcome in ('succeeded', 'failed')),
    url               text        not null,
    started_at        timestamptz not null,
    latency_ms        integer     not null check (latency_ms >= 0),
    response_status   smallint,
    response_headers  jsonb,
    response_body     text        check (octet_length(response_body) <= 16384),
    error             text,
    next_attempt_at   timestamptz,
    worker            text        not null,
    primary key (organization_id, id)
) partition by range (id);
create index webhook_attempts_delivery on webhook_attempts (organization_id, delivery_id, number);

-- Leases as in delivery_queue. Behind a backlog a claim goes from endpoint to endpoint by the second index, so that the
-- backlog of one is never in the way of another.
create table webhook_queue (
    id               uuid        not null primary key,
    organization_id  uuid        not null,
    endpoint_id      uuid        not null,
    event_id         uuid        not null,
    due_at           timestamptz not null default now(),
    attempts         integer     not null default 0,
    lease_token      bigint      not null default 0,
    leased_by        text
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.05);
create index webhook_queue_due on webhook_queue (due_at);
create index webhook_queue_endpoint on webhook_queue (endpoint_id, due_at);
create index webhook_queue_leased on webhook_queue (endpoint_id) where leased_by is not null;

select ensure_month_partitions(3);
