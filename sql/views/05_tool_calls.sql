-- tool_calls: one row per tool call, with its result where there is one
create or replace view tool_calls as
select
    coalesce(facts.call_key, facts.tool_use_id) as tool_use_id,
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
    facts.called_at,
    facts.tool,
    case when starts_with(facts.tool, 'mcp__') then split_part(facts.tool, '__', 2) end as mcp_server,
    result.is_error,
    result.result_bytes,
    result.lines_added,
    result.lines_removed
from original_tool_uses as facts
left join original_tool_results as result
    on
        coalesce(result.call_key, result.tool_use_id)
        = coalesce(facts.call_key, facts.tool_use_id)
left join titled_sessions as session on session.session_id = facts.session_id
left join agent_types as agents
    on agents.session_id = facts.session_id and agents.agent_id = facts.agent_id
left join session_files as files on files.file_id = facts.file_id
