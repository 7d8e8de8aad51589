-- One-time codes, scheduled messages and batches: what belongs to messages and is committed together with them.

-- Only an HMAC of the code is kept. A newer challenge for the same address and purpose makes the older ones worthless.
create table otp_challenges (
    organization_id    uuid        not null references organizations,
    id                 uuid        not null,
    message_id         uuid        not null,
    address            text        not null,
    purpose            text        not null check (length(purpose) between 1 and 64),
    status             text        not null default 'pending' check (status in ('pending', 'verified', 'failed', 'expired', 'canceled')),
    code_hash          bytea       not null check (octet_length(code_hash) = 32),
    attempts           smallint    not null default 0,
    max_attempts       smallint    not null check (max_attempts > 0),
    created_at         timestamptz not null default now(),
    expires_at         timestamptz not null,
    settled_at         timestamptz,
    content_erased_at  timestamptz,
    primary key (organization_id, id),
    check (attempts <= max_attempts),
    check ((status = 'pending') = (settled_at is null))
);
create index otp_challenges_address on otp_challenges (organization_id, address, created_at);
create index otp_challenges_created on otp_challenges (organization_id, created_at);
create index otp_challenges_message on otp_challenges (organization_id, message_id);
create index otp_challenges_expiry on otp_challenges (expires_at) where status = 'pending';
create index otp_challenges_unerased on otp_challenges (settled_at) where content_erased_at is null and settled_at is not null;

-- Makes a challenge in the transaction of its mail, or refuses both. The lock lets requests for one address pass one
-- after the other, so that the limit holds however many come at once.
create function open_otp_challenge(
    organization uuid, challenge uuid, message uuid, address_ text, purpose_ text, hash bytea, tries smallint, lifetime interval,
    address_limit integer, address_window interval, organization_limit integer, organization_window interval
) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(address_, ('x' || left(replace(organization::text, '-', ''), 16))::bit(64)::bigint));
    if (select count(*) from otp_challenges where organization_id = organization and address = address_
        and created_at > now() - address_window) >= address_limit then
        raise exception 'Too many challenges for one address' using errcode = 'MA001';
    end if;
    if (select count(*) from otp_challenges where organization_id = organization
        and created_at > now() - organization_window) >= organization_limit then
        raise exception 'Too many challenges in one organization' using errcode = 'MA002';
    end if;
    insert into otp_challenges (organization_id, id, message_id, address, purpose, code_hash, max_attempts, expires_at)
    values (organization, challenge, message, address_, purpose_, hash, tries, now() + lifetime);
end $$;

-- Many messages in one request. Its row is committed first; each item is committed with its message, so that after a
-- crash it is known which items were accepted. A batch that nobody completes in time is closed by maintenance, which
-- reports what is missing.
create table batches (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    kind             text        not null check (kind in ('messages', 'template')),
    status           text        not null default 'processing' check (status in ('processing', 'accepted', 'interrupted')),
    message_count    integer     not null check (message_count > 0),
    idempotency_key  text        check (length(idempotency_key) between 1 and 256),
    request_hash     bytea       check (octet_length(request_hash) = 32),
    created_at       timestamptz not null default now(),
    -- Who works on it has until then; later somebody else may.
    busy_until       timestamptz not null,
    completed_at     timestamptz,
    primary key (organization_id, id),
    check ((idempotency_key is null) = (request_hash is null)),
    check ((status = 'processing') = (completed_at is null))
);
create unique index batches_idempotency on batches (organization_id, kind, idempotency_key) where idempotency_key is not null;
create index batches_busy on batches (busy_until) where status = 'processing';

create table batch_items (
    organization_id  uuid        not null,
    batch_id         uuid        not null,
    ordinal          integer     not null check (ordinal >= 0),
    address          text,
    message_id       uuid,
    replayed         boolean     not null default false,
    code             text,
    error            text,
    errors           jsonb,
    primary key (organization_id, batch_id, ordinal),
    foreign key (organization_id, batch_id) references batches (organization_id, id) on delete cascade,
    check ((message_id is null) = (code is not null))
);

-- Messages that wait for their moment. The message and its content are stored when it is scheduled; queue rows are made
-- when it is released. That it is canceled stands in the message, so that a message is called off in one way only.
create table scheduled_messages (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    message_id       uuid        not null,
    send_at          timestamptz not null,
    -- send_at, or later while a sending limit holds the message back.
    due_at           timestamptz not null,
    priority         smallint    not null check (priority between 0 and 2),
    expires_in       interval,
    created_at       timestamptz not null default now(),
    settled_at       timestamptz,
    outcome          text        check (outcome in ('released', 'failed', 'canceled')),
    code             text,
    error            text,
    primary key (organization_id, id),
    check ((settled_at is null) = (outcome is null)),
    check ((code is null) = (outcome is distinct from 'failed'))
);
create unique index scheduled_messages_message on scheduled_messages (organization_id, message_id);
create index scheduled_messages_due on scheduled_messages (due_at) where settled_at is null;
