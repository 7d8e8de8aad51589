-- What a message may ask for beyond being sent: where it came from, its template, its priority and guarantee, tracking,
-- and the moment it is scheduled for. Written once, when the message is accepted.
alter table messages
    add column source text not null default 'api'
        check (source in ('api', 'batch', 'scheduled', 'otp', 'template_test', 'submission')),
    add column template_id uuid,
    add column template_version integer,
    add column batch_id uuid,
    add column send_at timestamptz,
    add column delivery_guarantee text not null default 'at_least_once'
        check (delivery_guarantee in ('at_least_once', 'at_most_once')),
    add column track_opens boolean not null default false,
    add column track_clicks boolean not null default false,
    add column unsubscribe boolean not null default false,
    -- The content holds a secret, such as a one-time code: it is delivered and never shown.
    add column sensitive boolean not null default false,
    add check (template_id is not null or template_version is null);

-- Every table that is partitioned by range of its id takes part; a later migration only has to create one.
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
                execute format('create table %I partition of %I for values from (%L) to (%L)',
                    partition_name, parent, uuid_at(month at time zone 'UTC'),
                    uuid_at((month + interval '1 month') at time zone 'UTC'));
            end if;
        end loop;
    end loop;
end $$;
