-- tools_used: which tools were called, and how often did they fail? One row a tool.
-- parameters: none
select
    tool,
    count(*) as calls,
    count(*) filter (is_error) as errors,
    avg(is_error::integer) as error_rate,
    sum(result_bytes)::bigint as result_bytes
from tool_calls
group by tool
order by calls desc, tool
