-- What the sandbox does after it took a mail: it answers by a bounce or a complaint, opens the mail, or follows a link. A
-- row is one of these; it leaves when it is done. due_at in the future is the time for it, or the lease of who does it.

create table sandbox_follow_ups (
    organization_id  uuid        not null references organizations,
    message_id       uuid        not null,
    recipient        smallint    not null,
    kind             text        not null check (kind in ('bounce', 'complaint', 'open', 'click')),
    address          text        not null,
    return_path      text        not null,
    content          bytea       not null,
    tries            integer     not null default 0,
    due_at           timestamptz not null,
    primary key (organization_id, message_id, recipient, kind)
);

create index sandbox_follow_ups_due on sandbox_follow_ups (due_at);
