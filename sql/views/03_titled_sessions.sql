-- titled_sessions: one row per session of claude_sessions, by its key as text
create or replace view titled_sessions as
select claude_session_id::varchar as session_id, title
from claude_sessions
where claude_session_id is not null
