-- Templates and their versions. A version is never changed: what a message was rendered from can always be told, and
-- what is compiled from a version can be kept without ever asking again. The number of the next version is taken
-- under the lock of the template's row, so that versions made at the same moment get different ones.

create table templates (
    organization_id    uuid        not null references organizations,
    id                 uuid        not null,
    slug               text        not null check (slug ~ '^[a-z0-9][a-z0-9._-]{0,99}$'),
    name               text        not null check (length(name) between 1 and 200),
    status             text        not null default 'active' check (status in ('active', 'archived', 'deleted')),
    -- Null for a draft: a template that cannot be sent yet.
    active_version     integer,
    last_version       integer     not null check (last_version >= 1),
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    published_at       timestamptz,
    last_test_sent_at  timestamptz,
    primary key (organization_id, id),
    check (active_version between 1 and last_version),
    check ((active_version is null) = (published_at is null))
);
-- The slug of a deleted template may be used again.
create unique index templates_slug on templates (organization_id, slug) where status <> 'deleted';

create table template_versions (
    organization_id  uuid        not null,
    template_id      uuid        not null,
    number           integer     not null check (number >= 1),
    id               uuid        not null,
    subject          text        not null,
    html             text,
    text             text,
    -- The block document that html and text were made from; null for a template written as code.
    design           json,
    created_at       timestamptz not null default now(),
    primary key (organization_id, template_id, number),
    unique (organization_id, id),
    foreign key (organization_id, template_id) references templates (organization_id, id) on delete cascade,
    check (html is not null or text is not null)
);
