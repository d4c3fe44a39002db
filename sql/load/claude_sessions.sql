-- claude_sessions: upsert one row a session, for the sessions named in touched_sessions
--
-- What PocketDev's database said of a session at the last sync stays as it was.
with final as (
    select
        claude_session_id,
        title,
        project_path,
        model,
        turn_count,
        status,
        streaming_state,
        last_activity_at,
        created_at,
        updated_at
    from merged_sessions
    where claude_session_id::varchar in (select session_id from touched_sessions)
)

insert into claude_sessions (
    claude_session_id, title, project_path, model, turn_count, status, streaming_state,
    last_activity_at, created_at, updated_at
)
select * from final
order by created_at, claude_session_id
on conflict (claude_session_id) do update set
    title = excluded.title,
    project_path = excluded.project_path,
    model = excluded.model,
    turn_count = excluded.turn_count,
    status = excluded.status,
    streaming_state = excluded.streaming_state,
    last_activity_at = excluded.last_activity_at,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at
