-- matched_sessions: one row per session of PocketDev's claude_sessions, with the session file it is joined to
--
-- Until 2025-10-20 the table had no claude_session_id: such a row is joined to the one session file
-- of its project that was active at the same time, if neither has another match.
create or replace view matched_sessions as
with candidates as (
    select pocketdev.id, files.claude_session_id
    from pocketdev_sessions as pocketdev
    inner join file_sessions as files
        on pocketdev.claude_session_id is null
        and files.project_path = pocketdev.project_path
        and files.created_at <= coalesce(pocketdev.last_activity_at, pocketdev.updated_at) + interval 1 minute
        and files.last_activity_at >= pocketdev.created_at - interval 1 minute
    where files.claude_session_id not in (
        select claude_session_id from pocketdev_sessions where claude_session_id is not null
    )
),

unambiguous as (
    select id, claude_session_id
    from candidates
    qualify count(*) over (partition by id) = 1 and count(*) over (partition by claude_session_id) = 1
)

select pocketdev.* replace (coalesce(pocketdev.claude_session_id, unambiguous.claude_session_id) as claude_session_id)
from pocketdev_sessions as pocketdev
left join unambiguous using (id)
