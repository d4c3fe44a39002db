-- session_origins: one row per session of claude_sessions, with who knows it
create or replace view session_origins as
select
    session.id,
    session.claude_session_id,
    case
        when pocketdev.id is null then 'files'
        when files.claude_session_id is null then 'pocketdev'
        else 'both'
    end as origin
from claude_sessions as session
left join pocketdev_sessions as pocketdev using (id)
left join file_sessions as files on files.claude_session_id = session.claude_session_id
