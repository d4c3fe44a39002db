-- versions_used: which versions of Claude Code ran, and how many final counts do they lack? One row a version.
-- parameters: none
select
    version,
    min(responded_at) as first_used_at,
    max(responded_at) as last_used_at,
    count(distinct session_id) as sessions,
    sum(response_count)::bigint as responses,
    count(*) filter (is_lower_bound and response_count = 1) / nullif(sum(response_count), 0) as lower_bound_rate
from usage
where version is not null
group by version
order by last_used_at desc, version
