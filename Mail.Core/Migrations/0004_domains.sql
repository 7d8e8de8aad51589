-- Sending domains in full: records that are checked, a schedule for it, rotation of keys, and who owns a name.
--
-- A name was unique, so that whoever added it first kept everybody else from it, without having to prove anything. Now an
-- organization owns a name from the moment its records were seen in DNS; before that any number of them may try.
alter table domains
    drop constraint domains_name_key,
    add unique (organization_id, name),
    add column mail_from_subdomain text not null default 'mail'
        check (mail_from_subdomain ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    add column return_path_verified boolean not null default false,
    add column tracking_host text check (length(tracking_host) between 1 and 253),
    add column tracking_verified boolean not null default false,
    add column track_opens boolean not null default false,
    add column track_clicks boolean not null default false,
    -- 'operator': switched off here, and the name stays taken. 'claimed': another organization proved that it owns the name.
    add column disabled_reason text check (disabled_reason in ('operator', 'claimed')),
    -- What the last check found, record by record.
    add column checks jsonb,
    add column pending_since timestamptz not null default now(),
    add column failures integer not null default 0,
    add column failing_since timestamptz,
    -- When the records are looked at again; null for a domain that nobody checks, as that of the demo organization.
    -- A check under way holds a lease: next_check_at in the future, and a token that the next one takes away from it.
    add column next_check_at timestamptz,
    add column check_token bigint not null default 0,
    add check (disabled_reason is null or status = 'disabled'),
    add check ((failures = 0) = (failing_since is null)),
    add check (tracking_host is not null or not tracking_verified);

create unique index domains_owner on domains (name)
    where status in ('verified', 'failed') or status = 'disabled' and disabled_reason is distinct from 'claimed';
create index domains_name on domains (name);
create index domains_due on domains (next_check_at) where next_check_at is not null and status <> 'disabled';

-- A key is active, waits for its record (not active, no end), or is on its way out: still published, no longer used.
alter table dkim_keys
    add column retires_at timestamptz,
    add check (not active or retires_at is null);
create index dkim_keys_retiring on dkim_keys (retires_at) where retires_at is not null;
