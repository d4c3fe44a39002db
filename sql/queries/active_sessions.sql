-- active_sessions: which sessions are active, the latest activity first? One row a session.
-- parameters: none
select *
from claude_sessions
where status = 'active'
order by last_activity_at desc nulls last, id desc
