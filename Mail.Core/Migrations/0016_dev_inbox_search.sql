-- Mail in the dev inbox is found by its author and by words of it. Mail that is there already is found by subject and recipient.

alter table dev_inbox
    add column header_from text not null default '',
    add column search      text not null default '';

update dev_inbox set search = lower(subject || ' ' || rcpt_to);

-- Nobody minds the case of an address in a test.
drop index dev_inbox_rcpt_to;
create index dev_inbox_recipient on dev_inbox (organization_id, lower(rcpt_to), id);
create index dev_inbox_message on dev_inbox (organization_id, message_id, id) where message_id is not null;
