-- busiest_hours: at which hours is the most done? One row an hour of the day in UTC.
-- parameters: none
select
    hour(responded_at) as hour_of_day,
    sum(response_count)::bigint as responses,
    count(distinct session_id) as sessions,
    sum(output_tokens)::bigint as output_tokens
from usage
group by hour_of_day
order by hour_of_day
