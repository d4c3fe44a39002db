-- conversation_sessions: one row per session that a conversation of PocketDev names
--
-- A conversation names the session file of its last CLI session; those that it named at earlier
-- syncs stay its own. One that has none (direct API providers, or not started yet) is a session
-- under its own uuid. Where several conversations name one session, the one that was active last
-- counts; a deleted one only where there is no other. A provider is an agent on the command line
-- if it is known as one, or if any of its conversations names a session.
create or replace view conversation_sessions as
with cli_providers as (
    select provider
    from pocketdev_conversations
    where provider_session_id is not null
    union
    from (values ('claude_code'), ('codex'), ('cursor_agent'))
),

named as (
    select
        coalesce(provider_session_id, conversation_uuid, concat('pocketdev/', id)) as session_id,
        true as is_current,
        *
    from pocketdev_conversations
    union all
    select earlier.session_id, false, conversation.*
    from pocketdev_cli_sessions as earlier
    inner join pocketdev_conversations as conversation using (conversation_uuid)
    where earlier.session_id is distinct from conversation.provider_session_id
)

select
    session_id,
    id as conversation_id,
    is_current,
    ifnull(provider in (from cli_providers), false) as is_cli,
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
from named
qualify row_number() over (
    partition by session_id
    order by is_current desc, deleted_at is null desc, last_activity_at desc nulls last, id desc
) = 1
