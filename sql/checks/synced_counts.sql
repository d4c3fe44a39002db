-- synced_counts: a table that PocketDev alone writes holds as many rows as the last sync brought
with held as (
    select 'claude_sessions' as table_name, count(*) as count_rows from pocketdev_sessions
    union all
    select 'conversations', count(*) from pocketdev_conversations
    union all
    select 'messages', count(*) from pocketdev_messages
    union all
    select 'users', count(*) from users
    union all
    select 'jobs', count(*) from jobs
    union all
    select 'job_batches', count(*) from job_batches
    union all
    select 'failed_jobs', count(*) from failed_jobs
    union all
    select 'cache', count(*) from cache
    union all
    select 'cache_locks', count(*) from cache_locks
)

select table_name, synced_tables.count_rows as expected, held.count_rows as found
from synced_tables
inner join held using (table_name)
where synced_tables.count_rows <> held.count_rows
order by all
