-- session_event_facts: one row per measured event or command, with the names reports group by
--
-- Refusals and fallbacks are rows of api_error_facts.
create or replace view session_event_facts as
with facts as (
    select
        event_id,
        session_id,
        project_path,
        git_branch,
        is_sidechain,
        agent_id,
        version,
        occurred_at,
        file_id,
        kind,
        duration_ms,
        trigger,
        pre_tokens
    from original_session_events
    where kind not in ('model_fallback', 'model_refusal_fallback', 'model_refusal_no_fallback')
    union all by name
    select
        prompt_id as event_id,
        session_id,
        project_path,
        git_branch,
        is_sidechain,
        agent_id,
        version,
        prompted_at as occurred_at,
        file_id,
        kind,
        command as trigger
    from original_prompts
    where kind in ('slash_command', 'shell_command')
)

select
    facts.event_id,
    facts.session_id,
    session.title as session_title,
    facts.project_path as project,
    facts.git_branch,
    case when facts.is_sidechain then 'subagent' else 'main' end as agent,
    facts.agent_id,
    agents.agent_type,
    coalesce(files.machine, 'unknown') as machine,
    coalesce(files.product, 'claude') as product,
    facts.version,
    facts.occurred_at,
    facts.kind,
    facts.duration_ms,
    facts.trigger,
    facts.pre_tokens
from facts
left join titled_sessions as session using (session_id)
left join agent_types as agents using (session_id, agent_id)
left join session_files as files on files.file_id = facts.file_id
