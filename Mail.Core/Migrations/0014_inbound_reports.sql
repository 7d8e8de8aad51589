-- Bounces and complaints come in by mail: the host of a return path is looked up at every RCPT that has one, and what
-- people write to the postmaster of our own hosts is kept for the operator.

create index domains_mail_from on domains ((mail_from_subdomain || '.' || name));

-- Belongs to no organization. What is old is deleted, and so is what is too much.
create table operator_mail (
    id           uuid        not null primary key,
    mail_from    text        not null,
    rcpt_to      text        not null,
    subject      text        not null,
    size         integer     not null,
    raw          bytea       not null,
    received_at  timestamptz not null default now()
);
