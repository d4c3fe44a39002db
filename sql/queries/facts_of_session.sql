-- facts_of_session: what do the files of a session say apart from messages? One row a fact and value, with how often.
-- parameters: session_id varchar = ''
--
-- Without an id it is the session with the latest response.
with latest as (
    select session_id
    from responses
    group by session_id
    order by max(responded_at) desc, session_id
    limit 1
),

wanted as (
    select coalesce(nullif($session_id, ''), (select latest.session_id from latest)) as session_id
),

calls as (
    select *
    from responses
    semi join wanted using (session_id)
),

stated as (
    unpivot (
        select
            entrypoint,
            session_kind,
            team_name,
            requested_model,
            effort,
            provider,
            attribution_agent as agent,
            attribution_skill as skill,
            attribution_plugin as plugin,
            attribution_mcp_server as mcp_server
        from calls
        where response_count > 0
    )
    on columns(*)
    into name fact value value
),

events as (
    select
        case
            when kind = 'compact_boundary' then 'compaction'
            when kind = 'stop_hook_summary' then 'hook_failed'
            else kind
        end as fact,
        case
            when kind in ('compact_boundary', 'microcompact_boundary') then concat_ws(
                ' ', trigger, concat(format('{:,}', pre_tokens), ' tokens'),
                concat('to ', format('{:,}', post_tokens)), concat('in ', duration_ms, ' ms')
            )
            when kind like 'model_%' then concat_ws(
                ', ', trigger, concat_ws(' to ', model, fallback_model)
            )
            when kind = 'stop_hook_summary' then 'Stop'
            else trigger
        end as value,
        if(kind = 'stop_hook_summary', count_failed_hooks, 1) as count
    from original_session_events
    semi join wanted using (session_id)
    where kind <> 'turn_duration' and (kind <> 'stop_hook_summary' or count_failed_hooks > 0)
),

decisions as (
    select tool_use_id, permission_decision, permission_source, denial_kind
    from original_tool_results
    semi join wanted using (session_id)
),

entered as (
    select kind, command, permission_mode
    from original_prompts
    semi join wanted using (session_id)
),

subagents as (
    select agent_id, agent_type, agent_name, spawn_depth
    from session_files
    semi join wanted using (session_id)
    where agent_id is not null and superseded_at is null
),

every_fact as (
    select fact, value, 1 as count
    from stated
    union all
    select 'stop_reason', 'refusal', 1
    from calls
    where stop_reason = 'refusal'
    union all
    select 'lower_bound', lower_bound_reason, 1
    from calls
    where is_lower_bound
    union all
    select fact, value, count
    from events
    union all
    select 'permission', concat_ws(' by ', permission_decision, permission_source), 1
    from decisions
    where permission_decision is not null
    union all
    select 'denied_tool', denial_kind, 1
    from decisions
    where denial_kind is not null
    union all
    select 'permission_mode', permission_mode, 1
    from entered
    where permission_mode is not null
    union all
    select kind, command, 1
    from entered
    where kind <> 'prompt'
    union all
    select
        'subagent',
        concat_ws(' ', coalesce(agent_name, agent_type, agent_id), concat('at depth ', spawn_depth)),
        1
    from subagents
    union all
    select 'thinking_tokens', null, sum(thinking_tokens)
    from calls
    having sum(thinking_tokens) > 0
    union all
    select 'thinking_ms', null, sum(thinking_ms)
    from calls
    having sum(thinking_ms) > 0
    union all
    select distinct 'worktree', concat_ws(' of ', worktree_path, original_path), 1
    from worktrees
    semi join wanted using (session_id)
    union all
    select distinct 'pull_request', url, 1
    from pull_requests
    semi join wanted using (session_id)
),

final as (
    select fact, value, sum(count)::bigint as count
    from every_fact
    group by fact, value
)

select * from final
order by fact, count desc, value
