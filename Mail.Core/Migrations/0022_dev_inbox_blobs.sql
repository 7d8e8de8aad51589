-- A large mail in the dev inbox is in blob storage; here stands its beginning, which has its header.

alter table dev_inbox
    add column size     integer,
    add column raw_blob text;
update dev_inbox set size = octet_length(raw);
alter table dev_inbox alter column size set not null;

-- Tables of traffic have no foreign keys (docs/adr/0003).
alter table dev_inbox drop constraint dev_inbox_organization_id_fkey;
alter table inbound_messages drop constraint inbound_messages_organization_id_fkey;
