-- running_conversations: which conversations of PocketDev are running, and what did they cost so far? One row a session.
-- parameters: none
with running as (
    select session_id, title, workspace, provider, last_activity_at
    from conversation_sessions
    where status = 'processing' and deleted_at is null
    union all
    select claude_session_id::varchar, title, project_path, 'claude_code', last_activity_at
    from pocketdev_sessions
    where process_status in ('starting', 'streaming')
        and not exists (select 1 from synced_tables where table_name = 'claude_sessions' and gone_at is not null)
),

costs as (
    select session_id, sum(cost_usd) as cost_usd, sum(response_count) as responses
    from usage_cost
    group by session_id
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
