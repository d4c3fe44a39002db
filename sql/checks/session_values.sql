-- session_values: claude_sessions is what session files and PocketDev's database say together
with expected as (
    select * exclude (id, in_files, in_pocketdev) from merged_sessions
),

found as (
    select * exclude (id) from claude_sessions
)

select claude_session_id, 'expected' as side from (select * from expected except all select * from found)
union all
select claude_session_id, 'found' as side from (select * from found except all select * from expected)
order by all
