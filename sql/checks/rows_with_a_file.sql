-- rows_with_a_file: each row names a session file that the store knows
with facts as (
    select 'usage_lines' as table_name, file_id from usage_lines
    union all
    select 'responses', file_id from responses
    union all
    select 'tool_uses', file_id from tool_uses
    union all
    select 'tool_results', file_id from tool_results
    union all
    select 'prompts', file_id from prompts
    union all
    select 'api_errors', file_id from api_errors
    union all
    select 'session_events', file_id from session_events
    union all
    select 'session_titles', file_id from session_titles
    union all
    select 'cost_states', file_id from cost_states
    union all
    select 'usage_passes', file_id from usage_passes
    union all
    select 'worktrees', file_id from worktrees
    union all
    select 'pull_requests', file_id from pull_requests
    union all
    select 'odd_fields', file_id from odd_fields
    union all
    select 'quarantine', file_id from quarantine
)

select table_name, file_id, count(*) as count_rows
from facts
anti join session_files using (file_id)
group by all
order by all
