-- agent_types: one row per subagent of a session whose kind is known
create or replace view agent_types as
select session_id, agent_id, arg_min(agent_type, (path, agent_type)) as agent_type
from session_files
where agent_id is not null and agent_type is not null
group by session_id, agent_id
