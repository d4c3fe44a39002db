-- api_error_facts: one row per API error, with the names reports group by
create or replace view api_error_facts as
select
    facts.error_id,
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
    facts.error,
    facts.status,
    facts.retry_attempt
from original_api_errors as facts
left join titled_sessions as session using (session_id)
left join agent_types as agents using (session_id, agent_id)
left join session_files as files on files.file_id = facts.file_id
