-- usage: one row per billed pass, with the names reports group by; responses are the sum of response_count
create or replace view usage as
select
    facts.response_id,
    facts.source,
    facts.kind,
    facts.response_count,
    facts.session_id,
    session.title as session_title,
    facts.project_path as project,
    facts.git_branch,
    case
        when facts.kind = 'unlisted' then 'unlisted'
        when facts.is_sidechain then 'subagent'
        else 'main'
    end as agent,
    facts.agent_id,
    agents.agent_type,
    coalesce(files.machine, 'unknown') as machine,
    coalesce(files.product, 'claude') as product,
    facts.version,
    facts.responded_at,
    facts.model,
    facts.stop_reason,
    facts.input_tokens,
    facts.cache_write_5m_tokens,
    facts.cache_write_1h_tokens,
    facts.cache_read_tokens,
    facts.output_tokens,
    facts.web_search_requests,
    facts.speed,
    facts.service_tier,
    facts.inference_geo,
    facts.provider,
    facts.recorded_cost_usd,
    facts.text_characters,
    facts.thinking_characters,
    facts.signature_characters,
    facts.tool_input_characters,
    facts.tool_use_blocks,
    facts.extra_bytes,
    facts.lower_bound_reason,
    facts.is_lower_bound,
    facts.requested_model,
    facts.effort,
    facts.entrypoint,
    facts.session_kind,
    facts.team_name,
    facts.attribution_skill,
    facts.attribution_plugin
from responses as facts
left join titled_sessions as session using (session_id)
left join agent_types as agents using (session_id, agent_id)
left join session_files as files on files.file_id = facts.file_id
