-- jobs: one row a job that waits in a queue

create sequence jobs_id_seq;

create table jobs (
    id bigint not null default nextval('jobs_id_seq'),
    queue varchar not null,
    payload varchar not null,
    attempts tinyint not null,
    reserved_at integer,
    available_at integer not null,
    created_at integer not null,
    primary key (id)
);

create index jobs_queue_index on jobs (queue);

comment on column jobs.id is 'Primary key';
comment on column jobs.queue is 'Queue name';
comment on column jobs.payload is 'Job data';
comment on column jobs.attempts is 'Attempt count';
comment on column jobs.reserved_at is 'Reserved timestamp';
comment on column jobs.available_at is 'Available timestamp';
comment on column jobs.created_at is 'Created timestamp';
