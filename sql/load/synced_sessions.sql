-- synced_sessions: the rows that claude_sessions is to hold after a sync, one row a session
--
-- PocketDev's ids are its own. A session that only files know keeps the id it has here,
-- or gets one after all others, where PocketDev has given that id to another session.
with kept as (
    select
        merged.* exclude (in_files, in_pocketdev) replace (
            case
                when in_pocketdev then merged.id
                when known.id not in (select id from pocketdev_sessions) then known.id
            end as id
        )
    from merged_sessions as merged
    left join claude_sessions as known
        on known.claude_session_id = merged.claude_session_id
),

last_used as (
    select max(id) as id
    from (
        select id from claude_sessions
        union all
        select id from pocketdev_sessions
    )
),

final as (
    select
        kept.* replace (
            coalesce(
                kept.id,
                coalesce(last_used.id, 0)
                + row_number() over (partition by kept.id is null order by kept.created_at, kept.claude_session_id)
            ) as id
        )
    from kept
    cross join last_used
)

select * from final
