-- session_event_facts: one row per measured event, with the names reports group by
create or replace view session_event_facts as
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
from original_session_events as facts
left join titled_sessions as session using (session_id)
left join agent_types as agents using (session_id, agent_id)
left join session_files as files on files.file_id = facts.file_id
