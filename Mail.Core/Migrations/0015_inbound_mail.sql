-- Mail that organizations receive: the domains they receive it for, and the mail. Several organizations may ask for a
-- name; the one that proves it first has it.

create table inbound_domains (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    name             text        not null check (name = lower(name)),
    status           text        not null default 'pending' check (status in ('pending', 'verified', 'failed')),
    checks           jsonb       not null default '[]',
    failures         integer     not null default 0,
    check_token      bigint      not null default 0,
    created_at       timestamptz not null default now(),
    verified_at      timestamptz,
    last_checked_at  timestamptz,
    next_check_at    timestamptz not null default now(),
    primary key (organization_id, id),
    unique (organization_id, name),
    check (status <> 'verified' or verified_at is not null)
);

create unique index inbound_domains_owner on inbound_domains (name) where status = 'verified';
create index inbound_domains_due on inbound_domains (next_check_at);

-- The octets stand here while they are few, otherwise under their hash in blob storage.
create table inbound_messages (
    organization_id  uuid        not null references organizations,
    id               uuid        not null,
    domain           text        not null,
    mail_from        text        not null,
    recipients       text[]      not null,
    header_from      text        not null,
    subject          text        not null,
    size             integer     not null,
    raw              bytea,
    raw_blob         text,
    -- Texts of strangers may hold what jsonb cannot.
    content          json        not null,
    received_at      timestamptz not null default now(),
    primary key (organization_id, id),
    check ((raw is null) <> (raw_blob is null))
);

create index inbound_messages_old on inbound_messages (received_at);

-- The dev inbox keeps mail for some days only.
create index dev_inbox_old on dev_inbox (received_at);
