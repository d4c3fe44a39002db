-- valid_json: each streaming_state is JSON
select id
from claude_sessions
where not json_valid(streaming_state::varchar)
order by all
