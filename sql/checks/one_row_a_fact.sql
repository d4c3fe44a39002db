-- one_row_a_fact: each billed pass is there once, and each tool call, result, prompt, error and event has one original
with facts as (
    select 'responses' as table_name, response_id as key, false as is_copy from responses
    union all
    select 'tool_uses', coalesce(call_key, tool_use_id), is_copy from tool_uses
    union all
    select 'tool_results', coalesce(call_key, tool_use_id), is_copy from tool_results
    union all
    select 'prompts', prompt_id, is_copy from prompts
    union all
    select 'api_errors', error_id, is_copy from api_errors
    union all
    select 'session_events', event_id, is_copy from session_events
)

select table_name, key, count(*) filter (not is_copy) as count_rows
from facts
group by all
having count_rows <> 1
order by all
