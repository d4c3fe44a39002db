-- failed_jobs: one row a job that failed for good
-- `failed_at` is in UTC, as everywhere, whatever the connection's time zone is.

create sequence failed_jobs_id_seq;

create table failed_jobs (
    id bigint not null default nextval('failed_jobs_id_seq'),
    uuid varchar not null,
    connection varchar not null,
    queue varchar not null,
    payload varchar not null,
    exception varchar not null,
    failed_at timestamp not null default (current_timestamp at time zone 'UTC'),
    primary key (id)
);

create unique index failed_jobs_uuid_unique on failed_jobs (uuid);

comment on column failed_jobs.id is 'Primary key';
comment on column failed_jobs.uuid is 'Job UUID (unique)';
comment on column failed_jobs.connection is 'Queue connection';
comment on column failed_jobs.queue is 'Queue name';
comment on column failed_jobs.payload is 'Job data';
comment on column failed_jobs.exception is 'Exception details';
comment on column failed_jobs.failed_at is 'Failure timestamp';
