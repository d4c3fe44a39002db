-- claude_sessions: upsert one row a session, for the sessions named in touched_sessions
--
-- Only sessions whose key is a UUID: Claude Code's are, other tools' need not be.
with final as (
    select
        try_cast(session_id as uuid) as claude_session_id,
        title,
        project_path,
        coalesce(model, 'claude-sonnet-4-5-20250929') as model,
        count_turns as turn_count,
        status,
        last_at as last_activity_at,
        first_at as created_at,
        last_at as updated_at
    from sessions
    semi join touched_sessions using (session_id)
    where try_cast(session_id as uuid) is not null
)

insert into claude_sessions (
    claude_session_id, title, project_path, model, turn_count, status,
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
    last_activity_at = excluded.last_activity_at,
    created_at = excluded.created_at,
    updated_at = excluded.updated_at
