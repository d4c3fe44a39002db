-- slowest_turns: which turns took the longest? One row a turn that Claude Code timed.
-- parameters: rows integer = 20
select
    occurred_at as ended_at,
    session_id,
    session_title as title,
    project,
    duration_ms / 60000 as duration_minutes
from session_event_facts
where kind = 'turn_duration'
order by duration_ms desc, event_id
limit $rows
