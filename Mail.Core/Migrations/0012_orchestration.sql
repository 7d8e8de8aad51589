-- One-time codes, scheduled messages and batches: what belongs to messages and is committed together with them.

-- Only an HMAC of the code is kept. A newer challenge for the same address and purpose makes the older ones worthless.
create table otp_challenges (
    organization_id    uuid        not null references organizations,
    id                 uuid        not null,
    message_id         uuid        not null,
    address            text        not null,
    purpose            text        not null check (length(purpose) between 1 and 64),
    status             text        not null default 'pending' check (status in ('pending', 'verified', 'failed', 'expired', 'canceled')),
    code_hash          bytea       not null check (octet_length(code_hash) = 32),
    attempts           smallint    not null default 0,
    max_attempts       smallint    not null check (max_attempts > 0),
    created_at         timestamptz not null default now(),
    expires_at         timestamptz not null,
    settled_at         timestamptz,
    content_erased_at  timestamptz,
    primary key (organization_id, id),
    check (attempts <= max_attempts),
    check ((status = 'pending') = (settled_at is null))
);
create index otp_challenges_address on otp_challenges (organization_id, address, created_at);
create index otp_challenges_created on otp_challenges (organization_id, created_at);
create index otp_challenges_message on otp_challenges (organization_id, message_id);
create index otp_challenges_expiry on otp_challenges (expires_at) where status = 'pending';
create index otp_challenges_unerased on otp_challenges (settled_at) where content_erased_at is null and settled_at is not null;

-- Makes a challenge in the transaction of its mail, or refuses both. The lock lets requests for one address pass one
-- after the other, so that the limit holds however many come at once.
create function open_otp_challenge(
    organization uuid, challenge uuid, message uuid, address_ text, purpose_ text, hash bytea, tries smallint, lifetime interval,
    address_limit integer, address_window interval, organization_limit integer, organization_window interval
) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(address_, ('x' || left(replace(organization::text, '-', ''), 16))::bit(64)::bigint));
    if (select count(*) from otp_challenges where organization_id = organization and address = address_
        and created_at > now() - address_window) >= address_limit then
        raise exception 'Too many challenges for one address' using errcode = 'MA001';
    end if;
    if (select count(*) from otp_challenges where organization_id = organization
        and created_at > now() - organization_window) >= organization_limit then
        raise exception 'Too many challenges in one organization' using errcode = 'MA002';
    end if;
    insert into otp_challenges (organization_id, id, message_id, address, purpose, code_hash, max_attempts, expires_at)
    values (organization, challenge, message, address_, purpose_, hash, tries, now() + lifetime);
end $$;
