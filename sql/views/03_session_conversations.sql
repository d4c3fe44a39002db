-- session_conversations: one row per session that PocketDev knows, with the names reports group by
create or replace view session_conversations as
with conversations as (
    select
        session_id,
        provider as session_provider,
        workspace,
        pocketdev_agent,
        screen,
        working_directory,
        status as conversation_status,
        if(deleted_at is null, 'no', 'yes') as conversation_deleted
    from conversation_sessions
),

-- Before conversations there were the sessions of claude_sessions.
earlier as (
    select
        session.claude_session_id::varchar as session_id,
        'claude_code' as session_provider,
        null::varchar as workspace,
        null::varchar as pocketdev_agent,
        null::varchar as screen,
        pocketdev.project_path as working_directory,
        session.status as conversation_status,
        'no' as conversation_deleted
    from pocketdev_sessions as pocketdev
    inner join claude_sessions as session using (id)
    where session.claude_session_id is not null
        and session.claude_session_id::varchar not in (select session_id from conversations)
)

select * from conversations
union all
select * from earlier
