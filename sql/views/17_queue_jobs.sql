-- queue_jobs: one row per job that waits, runs or has finally failed, without its payload
--
-- `job` is the class that Laravel names as `displayName`, and only where it reads as one.
create or replace view queue_jobs as
with jobs_of_both as (
    select
        queue,
        payload,
        attempts::bigint as attempts,
        to_timestamp(available_at) as available_at,
        to_timestamp(reserved_at) as reserved_at,
        null::timestamptz as failed_at
    from jobs
    union all
    select queue, payload, null, null, null, failed_at at time zone 'UTC'
    from failed_jobs
),

named as (
    select *, json_extract_string(try_cast(payload as json), '$.displayName') as display_name
    from jobs_of_both
),

final as (
    select
        queue,
        if(regexp_full_match(display_name, '[A-Za-z_\\][A-Za-z0-9_\\]{0,200}'), display_name, null) as job,
        attempts,
        available_at,
        reserved_at,
        failed_at
    from named
)

select * from final
