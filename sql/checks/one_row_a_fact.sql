-- one_row_a_fact: each response, tool call, result, prompt, error and event is there once
with facts as (
    select 'responses' as table_name, response_id as key from responses
    union all
    select 'tool_uses', tool_use_id from tool_uses
    union all
    select 'tool_results', tool_use_id from tool_results
    union all
    select 'prompts', prompt_id from prompts
    union all
    select 'api_errors', error_id from api_errors
    union all
    select 'session_events', event_id from session_events
)

select table_name, key, count(*) as count_rows
from facts
group by all
having count(*) > 1
order by all
