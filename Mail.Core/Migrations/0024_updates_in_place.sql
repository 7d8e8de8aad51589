-- Each message and each recipient is written once and settled a moment later. Where the new version finds room on the page of
-- the old one, and no index has a column that changes, PostgreSQL leaves the indexes alone (a heap-only update). So pages are
-- filled by half, and messages that did not go well are found by a column of their own, which the way of all others leaves null.
-- Adding it writes the table anew.

drop index messages_status;
alter table messages add column rare_status text generated always as (
    case when status in ('scheduled', 'failed', 'bounced', 'suppressed', 'canceled') then status end) stored;
create index messages_rare_status on messages (organization_id, rare_status, id) where rare_status is not null;

create or replace function ensure_month_partitions(months_ahead integer) returns void language plpgsql as $$
declare
    parent text;
    month timestamp;
    partition_name text;
begin
    for parent in
        select c.relname from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
        where c.relnamespace = current_schema::regnamespace and p.partstrat = 'r'
        order by c.relname
    loop
        -- One month back: the clocks of hosts and database may disagree around midnight.
        for i in -1..months_ahead loop
            month := date_trunc('month', now() at time zone 'UTC') + make_interval(months => i);
            partition_name := format('%s_%s', parent, to_char(month, 'YYYYMM'));
            if to_regclass(partition_name) is null then
                execute format('create table %I partition of %I for values from (%L) to (%L) with (fillfactor = %s)',
                    partition_name, parent, uuid_at(month at time zone 'UTC'),
                    uuid_at((month + interval '1 month') at time zone 'UTC'),
                    case when parent in ('messages', 'message_recipients') then 55 else 100 end);
            end if;
        end loop;
    end loop;
end $$;

do $$
declare
    partition_name text;
begin
    for partition_name in
        select inhrelid::regclass::text from pg_inherits where inhparent in ('messages'::regclass, 'message_recipients'::regclass)
    loop
        execute format('alter table %s set (fillfactor = 55)', partition_name);
    end loop;
end $$;
