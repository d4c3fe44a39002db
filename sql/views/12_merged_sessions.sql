-- merged_sessions: one row per session that files or PocketDev's database know, as claude_sessions has it
--
-- PocketDev's title, status, model and turn count win, and what else it says; files
-- fill what it leaves empty. The last activity is the later of both: a session can go
-- on in a terminal. `id` is PocketDev's, NULL where only files know the session.
create or replace view merged_sessions as
select
    pocketdev.id,
    coalesce(pocketdev.claude_session_id, files.claude_session_id) as claude_session_id,
    coalesce(pocketdev.title, files.title) as title,
    coalesce(pocketdev.project_path, files.project_path) as project_path,
    coalesce(pocketdev.model, files.model, 'claude-sonnet-4-5-20250929') as model,
    coalesce(pocketdev.turn_count, files.turn_count) as turn_count,
    coalesce(pocketdev.status, files.status) as status,
    pocketdev.streaming_state,
    greatest(pocketdev.last_activity_at, files.last_activity_at) as last_activity_at,
    coalesce(pocketdev.created_at, files.created_at) as created_at,
    coalesce(pocketdev.updated_at, files.last_activity_at) as updated_at,
    files.claude_session_id is not null as in_files,
    pocketdev.id is not null as in_pocketdev
from file_sessions as files
full join pocketdev_sessions as pocketdev using (claude_session_id)
