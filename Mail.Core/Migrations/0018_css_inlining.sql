-- Templates may have the rules of their style elements written into their elements. That is done once, when a version is
-- made: what is sent of a version never changes, whatever becomes of the rules for doing it.

alter table template_versions
    add column inline_css    boolean not null default false,
    add column inlined_html  text,
    add constraint template_versions_inlined check ((inlined_html is not null) = (inline_css and html is not null)),
    add constraint template_versions_inlined_code check (not inline_css or design is null);
