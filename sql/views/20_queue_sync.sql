-- queue_sync: one row, the moment that PocketDev's queue was last synced, NULL before
create or replace view queue_sync as
select max(taken_at) as synced_at
from synced_tables
where table_name in ('jobs', 'failed_jobs', 'job_batches', 'cache', 'cache_locks')
