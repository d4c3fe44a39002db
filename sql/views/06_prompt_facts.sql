-- prompt_facts: one row per prompt that a person typed, with the names reports group by
--
-- Slash commands and ! commands are rows of `prompts` with another kind; rows of files that an
-- older version decoded have none.
create or replace view prompt_facts as
select
    facts.prompt_id,
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
    facts.prompted_at,
    facts.prompt_bytes
from original_prompts as facts
left join titled_sessions as session using (session_id)
left join agent_types as agents using (session_id, agent_id)
left join session_files as files on files.file_id = facts.file_id
where ifnull(facts.kind, 'prompt') = 'prompt'
