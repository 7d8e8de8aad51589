-- Workers ask every second which organizations reputation holds back: few of very many.

create index reputation_held on reputation (status, organization_id)
    where status in ('throttled', 'disabled') and domain_id = '00000000-0000-0000-0000-000000000000';
