-- session_origins: one row per session that session files or PocketDev know, with who knows it
--
-- `origin` is 'both', 'files' or 'pocketdev'; `id` is that of claude_sessions, NULL for conversations
-- without a session file. `is_cli`: an agent on the command line wrote, or writes, a session file.
create or replace view session_origins as
with known as (
    select
        session.id,
        session.claude_session_id::varchar as session_id,
        files.claude_session_id is not null as in_files,
        pocketdev.id is not null as in_pocketdev
    from claude_sessions as session
    left join pocketdev_sessions as pocketdev using (id)
    left join file_sessions as files on files.claude_session_id = session.claude_session_id
)

select
    known.id,
    coalesce(known.session_id, conversation.session_id) as session_id,
    conversation.conversation_id,
    coalesce(conversation.provider, files.provider, 'claude_code') as provider,
    coalesce(conversation.is_cli, true) as is_cli,
    case
        when conversation.conversation_id is null and not known.in_pocketdev then 'files'
        when coalesce(known.in_files, false) then 'both'
        else 'pocketdev'
    end as origin
from known
full join conversation_sessions as conversation on conversation.session_id = known.session_id
left join (
    select session_id, any_value(if(product = 'claude', 'claude_code', product)) as provider
    from session_files
    group by session_id
) as files on files.session_id = known.session_id
