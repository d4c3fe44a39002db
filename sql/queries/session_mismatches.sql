-- session_mismatches: where do session files and PocketDev's database disagree? One row a session and problem.
-- parameters: idle_days integer = 3, stream_minutes integer = 60
--
-- active_but_idle: `active` or `processing` in the database, and nothing happened for `idle_days`.
-- turn_counts_apart: the database counts other turns than there are prompts in the files.
-- no_file, no_row: one side does not know the session; no_row once a sync brought sessions.
-- streaming_state_left: an unfinished stream, of a session that is not active or was silent for
-- `stream_minutes`.
with own_sessions as (
    select
        id,
        claude_session_id::varchar as session_id,
        title,
        project_path,
        status,
        turn_count,
        last_activity_at,
        updated_at,
        streaming_state::varchar as streaming_state
    from matched_sessions
    -- A table that PocketDev dropped is history: nothing of it can be put right.
    where not exists (select 1 from synced_tables where table_name = 'claude_sessions' and gone_at is not null)
),

conversations as (
    select
        conversation_id as id,
        session_id,
        title,
        working_directory as project_path,
        if(status = 'processing', 'active', status) as status,
        null::integer as turn_count,
        last_activity_at,
        updated_at,
        null::varchar as streaming_state
    from conversation_sessions
    where is_cli and is_current and deleted_at is null
        and session_id not in (select session_id from own_sessions where session_id is not null)
),

pocketdev as (
    select *, true as is_there from own_sessions
    union all
    select *, true from conversations
),

files as (
    select *, claude_session_id::varchar as session_id from file_sessions
),

sides as (
    select
        pocketdev.id,
        coalesce(pocketdev.session_id, files.session_id) as claude_session_id,
        coalesce(pocketdev.title, files.title) as title,
        coalesce(pocketdev.project_path, files.project_path) as project_path,
        pocketdev.status,
        pocketdev.turn_count as turn_count_pocketdev,
        files.turn_count as turn_count_files,
        greatest(
            pocketdev.last_activity_at,
            files.last_activity_at,
            if(pocketdev.last_activity_at is null, pocketdev.updated_at, null)
        ) as last_activity_at,
        pocketdev.streaming_state is not null
        and pocketdev.streaming_state not in ('null', '{}', '[]') as has_stream,
        coalesce(pocketdev.is_there, false) as in_pocketdev,
        files.session_id is not null as in_files
    from pocketdev
    full join files using (session_id)
),

dated as (
    select
        *,
        (current_timestamp at time zone 'UTC') - last_activity_at as silent_for
    from sides
),

problems as (
    select *, 'active_but_idle' as problem
    from dated
    where status = 'active' and coalesce(silent_for > to_days($idle_days), true)
    union all
    select *, 'turn_counts_apart'
    from dated
    where turn_count_pocketdev <> turn_count_files
    union all
    select *, 'no_file'
    from dated
    where not in_files
    union all
    select *, 'no_row'
    from dated
    where not in_pocketdev and exists (
        select 1 from synced_tables where table_name in ('claude_sessions', 'conversations') and gone_at is null
    )
    union all
    select *, 'streaming_state_left'
    from dated
    where has_stream and (status <> 'active' or coalesce(silent_for > to_minutes($stream_minutes), true))
),

final as (
    select
        problem,
        claude_session_id,
        id,
        title,
        project_path,
        status,
        turn_count_pocketdev,
        turn_count_files,
        last_activity_at
    from problems
)

select * from final
order by problem, last_activity_at desc nulls last, claude_session_id, id
