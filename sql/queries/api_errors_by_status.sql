-- api_errors_by_status: which API errors were there? One row a status and error.
-- parameters: none
select
    status,
    error,
    count(*) filter (kind = 'error') as errors,
    count(*) filter (kind = 'retry') as retries,
    count(distinct session_id) as sessions,
    max(occurred_at) as last_occurred_at
from api_error_facts
where kind in ('error', 'retry')
group by status, error
order by count(*) desc, status, error
