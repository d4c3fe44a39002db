-- failing_tools: in which projects do tools fail the most? One row a project and tool that failed.
-- parameters: rows integer = 20
select
    project,
    tool,
    count(*) as calls,
    count(*) filter (is_error) as errors,
    avg(is_error::integer) as error_rate
from tool_calls
group by project, tool
having count(*) filter (is_error) > 0
order by errors desc, project, tool
limit $rows
