-- lines_changed: how many lines did edits change, and where? One row a project.
-- parameters: none
select
    project,
    count(*) filter (lines_added + lines_removed > 0) as edits,
    sum(lines_added)::bigint as lines_added,
    sum(lines_removed)::bigint as lines_removed
from tool_calls
group by project
having sum(lines_added) + sum(lines_removed) > 0
order by lines_added desc, project
