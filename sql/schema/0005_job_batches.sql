-- job_batches: one row a batch of jobs

create table job_batches (
    id varchar not null,
    name varchar not null,
    total_jobs integer not null,
    pending_jobs integer not null,
    failed_jobs integer not null,
    failed_job_ids varchar not null,
    options varchar,
    cancelled_at integer,
    created_at integer not null,
    finished_at integer,
    primary key (id)
);

comment on column job_batches.id is 'Batch ID (primary)';
comment on column job_batches.name is 'Batch name';
comment on column job_batches.total_jobs is 'Total job count';
comment on column job_batches.pending_jobs is 'Pending count';
comment on column job_batches.failed_jobs is 'Failed count';
comment on column job_batches.failed_job_ids is 'Failed job IDs';
comment on column job_batches.options is 'Batch options';
comment on column job_batches.cancelled_at is 'Cancelled timestamp';
comment on column job_batches.created_at is 'Created timestamp';
comment on column job_batches.finished_at is 'Finished timestamp';
