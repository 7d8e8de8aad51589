-- Reading messages, events and SMTP conversations back: what the filters of the lists need to answer quickly among
-- millions, without making the accepting and recording of ordinary mail dearer. The rest of the filters narrow a scan
-- that goes from the newest message down, within the time a list may take.

-- Who was written to, whatever the case of the address.
create index message_recipients_address on message_recipients (organization_id, lower(address), message_id);

-- What did not go well. What is still under way is found through its queue rows, whose index now begins like every
-- other with the organization.
create index messages_status on messages (organization_id, status, id)
    where status in ('scheduled', 'failed', 'bounced', 'suppressed', 'canceled');
drop index delivery_queue_message;
create index delivery_queue_message on delivery_queue (organization_id, message_id);

-- Every message that is delivered at the first attempt has the types left out here, and none of the others.
create index events_type on events (organization_id, type, id)
    where type not in ('mail.message.queued', 'mail.message.mta_accepted', 'mail.message.sending', 'mail.message.sent',
                       'mail.delivery.delivered');
create index events_resource_type on events (organization_id, resource_type, id) where resource_type <> 'message';
create index events_resource on events (organization_id, resource_id, id) where resource_type <> 'message';

-- What has happened stays: an event is written once. Old ones go with their whole partition.
create function events_are_appended() returns trigger language plpgsql as $$
begin
    raise exception 'events are appended, never changed';
end $$;
create trigger events_append_only before update or delete on events for each row execute function events_are_appended();

-- What was said in an attempt, one row for all recipients of the transaction: commands and replies as lines of text,
-- without content and credentials. By far the biggest rows of an attempt, so they are apart, and kept for less long.
create table delivery_logs (
    organization_id  uuid         not null,
    message_id       uuid         not null,
    id               uuid         not null default uuidv7(),
    recipients       smallint[]   not null check (cardinality(recipients) > 0),
    number           integer      not null,
    started_at       timestamptz  not null,
    conversation     text         not null,
    primary key (organization_id, message_id, id)
) partition by range (id);

select ensure_month_partitions(3);

-- Drops the partitions of a table that hold nothing from the given moment on. Rather not now than in the way of others.
create function drop_month_partitions(parent text, before timestamptz) returns integer language plpgsql as $$
declare
    partition_name text;
    dropped integer := 0;
begin
    perform set_config('lock_timeout', '2s', true);
    for partition_name in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass(parent) and c.relname ~ ('^' || parent || '_[0-9]{6}$')
          and to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' <= before at time zone 'UTC'
        order by c.relname
    loop
        execute format('drop table %I', partition_name);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $$;
