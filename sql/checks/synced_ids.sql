-- synced_ids: each session of PocketDev has its own id in claude_sessions
select pocketdev.id, pocketdev.claude_session_id
from matched_sessions as pocketdev
left join claude_sessions as session using (id)
where session.id is null or session.claude_session_id is distinct from pocketdev.claude_session_id
order by all
