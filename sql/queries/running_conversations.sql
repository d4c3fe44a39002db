-- running_conversations: which conversations of PocketDev are running, and what did they cost so far? One row a session.
-- parameters: none
with running as (
    select session_id, conversation_id, title, workspace, provider, last_activity_at
    from conversation_sessions
    where status = 'processing' and is_current and deleted_at is null
    union all
    select claude_session_id::varchar, null, title, project_path, 'claude_code', last_activity_at
    from pocketdev_sessions
    where process_status in ('starting', 'streaming')
        and not exists (select 1 from synced_tables where table_name = 'claude_sessions' and gone_at is not null)
),

-- A conversation may have had several CLI sessions.
sessions_of as (
    select running.session_id as running_id, coalesce(conversation.session_id, running.session_id) as session_id
    from running
    left join conversation_sessions as conversation using (conversation_id)
),

costs as (
    select
        sessions_of.running_id as session_id,
        sum(usage_cost.cost_usd) as cost_usd,
        sum(usage_cost.response_count)::bigint as responses
    from usage_cost
    inner join sessions_of using (session_id)
    group by sessions_of.running_id
)

select
    running.session_id,
    running.title,
    running.workspace,
    running.provider,
    running.last_activity_at,
    costs.responses,
    costs.cost_usd
from running
left join costs using (session_id)
order by running.last_activity_at desc nulls last, running.session_id
