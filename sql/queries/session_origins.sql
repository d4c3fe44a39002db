-- session_origins: who knows which sessions, session files, PocketDev or both? One row an origin.
-- parameters: none
select origin, count(*) as sessions
from session_origins
group by origin
order by origin
