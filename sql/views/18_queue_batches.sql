-- queue_batches: one row per batch of jobs, with its times
create or replace view queue_batches as
select
    id as batch,
    name,
    total_jobs::bigint as total_jobs,
    pending_jobs::bigint as pending_jobs,
    failed_jobs::bigint as failed_jobs,
    to_timestamp(created_at) as created_at,
    to_timestamp(cancelled_at) as cancelled_at,
    to_timestamp(finished_at) as finished_at
from job_batches
