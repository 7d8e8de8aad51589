-- Files that are kept to be attached to mail or shown in it, the uploads they come from, and the one record of which
-- bytes blob storage holds for whom.
--
-- Blob storage knows names, not meaning; what a name means stands here. Bytes are written under a new random name, and a
-- name is never written twice: deleting one can never hit bytes that somebody just stored again. By their hash they are
-- found here, once for each organization.

-- Names whose bytes are to be deleted at that time. A name is announced here before its first byte is written, so that an
-- upload that dies leaves nothing behind; it leaves the table when the bytes get their row in blobs.
create table blob_trash (
    name       text        not null primary key,
    delete_at  timestamptz not null
);
create index blob_trash_delete_at on blob_trash (delete_at);

-- kept_until only grows. Whoever needs the bytes for some time (a message until it is surely settled, an asset while it is
-- being made) moves it ahead first; only what has passed and belongs to no asset is collected.
create table blobs (
    organization_id  uuid        not null references organizations,
    sha256           bytea       not null check (octet_length(sha256) = 32),
    name             text        not null unique,
    size             bigint      not null check (size >= 0),
    kept_until       timestamptz not null,
    created_at       timestamptz not null default now(),
    primary key (organization_id, sha256)
);
create index blobs_kept_until on blobs (kept_until);

create table assets (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    bucket           text        not null check (bucket ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    key              text        not null check (length(key) between 1 and 512),
    original_name    text        not null check (length(original_name) between 1 and 255),
    mime_type        text        not null check (length(mime_type) between 3 and 255),
    size             bigint      not null check (size >= 0),
    sha256           bytea       not null check (octet_length(sha256) = 32),
    visibility       text        not null check (visibility in ('public', 'private')),
    cache_control    text,
    metadata         jsonb,
    -- Generation counts contents, revision counts changes of any kind.
    generation       bigint      not null default 1,
    revision         bigint      not null default 1,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    primary key (organization_id, id),
    unique (organization_id, bucket, key)
);
create index assets_content on assets (organization_id, sha256);

create table upload_sessions (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    mode             text        not null check (mode in ('single', 'chunked')),
    status           text        not null default 'open' check (status in ('open', 'completed', 'canceled')),
    bucket           text        not null,
    key              text,
    original_name    text        not null,
    mime_type        text        not null,
    visibility       text        not null,
    cache_control    text,
    metadata         jsonb,
    file_size        bigint,
    max_bytes        bigint      not null,
    asset_id         uuid,
    created_at       timestamptz not null default now(),
    expires_at       timestamptz not null,
    primary key (organization_id, id),
    check ((status = 'completed') = (asset_id is not null))
);
create index upload_sessions_expires_at on upload_sessions (expires_at);

create table upload_parts (
    organization_id  uuid        not null,
    session_id       uuid        not null,
    number           integer     not null check (number >= 1),
    blob_name        text        not null,
    size             bigint      not null check (size > 0),
    sha256           bytea       not null check (octet_length(sha256) = 32),
    received_at      timestamptz not null default now(),
    primary key (organization_id, session_id, number),
    foreign key (organization_id, session_id) references upload_sessions (organization_id, id) on delete cascade
);

-- What an upload with an idempotency key came to, and the hash of what it was.
create table asset_idempotency_keys (
    organization_id  uuid        not null,
    key              text        not null check (length(key) between 1 and 256),
    request_hash     bytea       not null check (octet_length(request_hash) = 32),
    asset_id         uuid        not null,
    expires_at       timestamptz not null,
    primary key (organization_id, key)
);
create index asset_idempotency_keys_expires_at on asset_idempotency_keys (expires_at);

-- Signed addresses with a limited number of downloads; others need no row.
create table asset_links (
    organization_id  uuid        not null,
    id               uuid        not null,
    asset_id         uuid        not null,
    downloads_left   integer     not null check (downloads_left >= 0),
    expires_at       timestamptz not null,
    primary key (organization_id, id)
);
create index asset_links_expires_at on asset_links (expires_at);
