-- Some things one worker does for all of them, such as measuring the queue: told by several it would count several times.

create table worker_roles (
    role    text        not null primary key,
    worker  text        not null,
    until   timestamptz not null
);
