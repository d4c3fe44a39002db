-- lines_in_files: no row is of a line beyond what was read of its file
with facts as (
    select 'usage_lines' as table_name, file_id, line_no from usage_lines
    union all
    select 'tool_uses', file_id, line_no from tool_uses
    union all
    select 'tool_results', file_id, line_no from tool_results
    union all
    select 'prompts', file_id, line_no from prompts
    union all
    select 'api_errors', file_id, line_no from api_errors
    union all
    select 'session_events', file_id, line_no from session_events
    union all
    select 'session_titles', file_id, line_no from session_titles
    union all
    select 'cost_states', file_id, line_no from cost_states
    union all
    select 'usage_passes', file_id, line_no from usage_passes
    union all
    select 'worktrees', file_id, line_no from worktrees
    union all
    select 'pull_requests', file_id, line_no from pull_requests
    union all
    select 'odd_fields', file_id, line_no from odd_fields
    union all
    select 'quarantine', file_id, line_no from quarantine
)

-- One more than those that end: a last line is read before it does.
select table_name, path, line_no
from facts
inner join session_files using (file_id)
where line_no > count_lines + 1
order by all
