-- sessions_for_project: which sessions ran in a folder, the newest first? One row a session.
-- parameters: project_path varchar = '/workspace/myproject'
select *
from claude_sessions
where project_path = $project_path
order by created_at desc nulls last, id desc
