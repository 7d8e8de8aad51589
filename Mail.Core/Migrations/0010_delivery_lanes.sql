-- How workers find work, whatever the queue's length (docs/adr/0010).
--
-- A row is either ready (it may start now) or it waits for due_at: a retry, or a lease that will expire. Ready rows
-- stand in lanes, one for each priority, organization and recipient domain; a worker surveys the lanes by jumping from
-- one to the next in the index, plans how many to take from each, and claims exactly those. Neither step reads rows of
-- lanes that cannot start, so 100,000 rows for one blocked destination cost the others nothing.

-- Lanes are compared octet by octet: no locale, and the order of the index is that of the comparison.
alter table delivery_queue alter column domain type text collate "C";
alter table delivery_queue
    add column ready        boolean  not null default true,
    -- Mail of test keys goes to one place, whatever its domain.
    add column lane         text collate "C" not null generated always as (case when mode = 'test' then '.test' else domain end) stored,
    -- Leases in a row that expired, and failures of ours: a message that kills its worker must not do so for ever.
    add column faults       smallint not null default 0 check (faults >= 0),
    -- At-most-once mail whose transaction has begun: after a crash nobody knows whether it went out.
    add column started      boolean  not null default false,
    -- Why an item was put back unattempted; it waits until due_at.
    add column wait_reason  text,
    -- The sender has been told that it is late.
    add column delayed      boolean  not null default false;

update delivery_queue set ready = false where due_at > now();

drop index delivery_queue_due;
create index delivery_queue_ready on delivery_queue (priority, organization_id, lane, id) where ready and faults < 2;
create index delivery_queue_suspect on delivery_queue (id) where ready and faults >= 2;
create index delivery_queue_timed on delivery_queue (due_at) where not ready;

-- What must not be delivered for a while: by an operator's word, or because a destination asked for it.
create table delivery_holds (
    scope       text        not null check (scope in ('organization', 'destination', 'domain', 'source')),
    name        text        not null check (length(name) between 1 and 500),
    origin      text        not null check (origin in ('operator', 'automatic')),
    -- Null suspends; else the part of the usual rate that is left.
    factor      real                 check (factor > 0 and factor < 1),
    reason      text        not null check (length(reason) between 1 and 1000),
    created_at  timestamptz not null default now(),
    -- Null: until an operator resumes it.
    until       timestamptz,
    primary key (scope, name, origin)
);

-- What workers know of destinations, for people who ask: which domains lead where, and what holds them back.
create table delivery_destinations (
    domain      text collate "C" not null primary key,
    destination text        not null,
    provider    text        not null,
    state       text,
    until       timestamptz,
    seen_at     timestamptz not null default now()
);
create index delivery_destinations_name on delivery_destinations (destination);
