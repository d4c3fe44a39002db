-- conversation_sessions: one row per session that a conversation of PocketDev names
--
-- A conversation names the session file of its last CLI session. One that has none (direct API
-- providers, or not started yet) is a session of its own, under its own uuid. Where several
-- conversations name one session, the one that was active last counts; a deleted one only where
-- there is no other.
create or replace view conversation_sessions as
select
    coalesce(provider_session_id, conversation_uuid) as session_id,
    id as conversation_id,
    provider_session_id is not null or provider in ('claude_code', 'codex', 'cursor_agent') as is_cli,
    provider,
    model,
    title,
    working_directory,
    status,
    pocketdev_agent,
    workspace,
    screen,
    last_activity_at,
    created_at,
    updated_at,
    deleted_at
from pocketdev_conversations
qualify row_number() over (
    partition by coalesce(provider_session_id, conversation_uuid)
    order by deleted_at is null desc, last_activity_at desc nulls last, id desc
) = 1
