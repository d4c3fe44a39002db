-- merged_sessions: one row per session that files or PocketDev's database know, as claude_sessions has it
--
-- PocketDev's title, status, model and turn count take precedence; files fill in what it leaves
-- empty. The last activity is the later of both: a session can go on in a terminal. `id` is
-- PocketDev's, NULL where only files know the session. Once PocketDev has dropped its table, the
-- rows are history: none of them is active any more.
create or replace view merged_sessions as
select
    pocketdev.id,
    coalesce(pocketdev.claude_session_id, files.claude_session_id) as claude_session_id,
    coalesce(conversation.title, pocketdev.title, files.title) as title,
    coalesce(pocketdev.project_path, files.project_path) as project_path,
    coalesce(pocketdev.model, files.model, 'claude-sonnet-4-5-20250929') as model,
    coalesce(pocketdev.turn_count, files.turn_count) as turn_count,
    coalesce(
        if(history.is_gone and pocketdev.status = 'active', coalesce(files.status, 'completed'), pocketdev.status),
        files.status
    ) as status,
    pocketdev.streaming_state,
    greatest(pocketdev.last_activity_at, files.last_activity_at) as last_activity_at,
    coalesce(pocketdev.created_at, files.created_at) as created_at,
    coalesce(pocketdev.updated_at, files.last_activity_at) as updated_at,
    files.claude_session_id is not null as in_files,
    pocketdev.id is not null as in_pocketdev
from file_sessions as files
full join matched_sessions as pocketdev using (claude_session_id)
left join conversation_sessions as conversation
    on conversation.session_id = coalesce(pocketdev.claude_session_id, files.claude_session_id)::varchar
cross join (
    select count(*) > 0 as is_gone
    from synced_tables
    where table_name = 'claude_sessions' and gone_at is not null
) as history
