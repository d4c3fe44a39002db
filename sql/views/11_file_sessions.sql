-- file_sessions: one row per session that session files tell of, as claude_sessions has it
--
-- Only sessions whose key is a UUID as Claude Code writes it: other tools' keys need not be
-- one, and two spellings of one would meet here. Times are in UTC, without a zone.
create or replace view file_sessions as
select
    try_cast(session_id as uuid) as claude_session_id,
    title,
    project_path,
    model,
    count_turns as turn_count,
    status,
    last_at at time zone 'UTC' as last_activity_at,
    first_at at time zone 'UTC' as created_at
from sessions
where try_cast(session_id as uuid)::varchar = session_id
