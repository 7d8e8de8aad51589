-- Keys that users make and revoke themselves, organizations that the operator suspends, and limits of one organization.
--
-- A revoked key stays as a record of what was, but its name is free again.

alter table api_keys drop constraint api_keys_organization_id_name_key;
create unique index api_keys_name on api_keys (organization_id, name) where revoked_at is null;

alter table organizations add suspended_at timestamptz;
update organizations set suspended_at = now() where status = 'suspended';
alter table organizations add check ((status = 'suspended') = (suspended_at is not null));

-- What an organization may do per second where that differs from the configured limits; null: as configured.
create table rate_limit_overrides (
    organization_id     uuid     not null references organizations,
    policy              text     not null check (policy in ('send', 'read', 'write')),
    per_second          integer  check (per_second between 1 and 1000000),
    per_second_per_key  integer  check (per_second_per_key between 1 and 1000000),
    primary key (organization_id, policy),
    check (per_second is not null or per_second_per_key is not null)
);
