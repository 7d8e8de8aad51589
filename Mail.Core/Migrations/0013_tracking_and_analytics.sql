-- What recipients did with a mail, and the counts that analytics are read from.

-- One row for each recipient who did something: tells what is the first time, and bounds how much is written down.
create table message_engagement (
    organization_id  uuid        not null,
    message_id       uuid        not null,
    recipient        smallint    not null,
    opens            integer     not null default 0,
    clicks           integer     not null default 0,
    -- The first time that was a person's, as far as one can tell.
    opened_at        timestamptz,
    clicked_at       timestamptz,
    unsubscribed_at  timestamptz,
    primary key (message_id, organization_id, recipient)
) partition by range (message_id);
select ensure_month_partitions(3);

-- Counts by quarter of an hour: the offsets of all time zones in use are multiples of that, so that days are right everywhere.
-- A fact counts once with the tag '', and once more for each tag of its message. Parallel writers have slots of their own,
-- so that they do not wait for each other's rows; readers add them up.
create table analytics (
    organization_id  uuid         not null,
    period           timestamptz  not null,
    domain           text         not null,
    template_id      uuid         not null default '00000000-0000-0000-0000-000000000000',
    provider         text         not null,
    tag              text         not null,
    metric           smallint     not null,
    slot             smallint     not null,
    count            bigint       not null,
    primary key (organization_id, period, domain, template_id, provider, tag, metric, slot)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- A message that is written for each recipient apart (its links tell who followed them) has a queue row for each. Null: one mail
-- for all recipients in the domain.
alter table delivery_queue add column recipient smallint;
