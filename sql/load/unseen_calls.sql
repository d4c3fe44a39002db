-- unseen_calls: for the sessions named in touched_sessions, one row a call that their files show without its usage
--
-- A compaction, a web search or fetch, a recap and a title are calls of their own, and in no
-- line. Those before the session's last cost-state are counted there.
with shown as (
    select
        'compaction' as kind,
        event_id as call_id,
        session_id,
        occurred_at as called_at,
        0 as web_search_requests,
        file_id,
        line_no
    from original_session_events
    where
        kind = 'compact_boundary'
        and file_id not in (select file_id from thread_lines where kind = 'meta')
    union all
    select
        'recap',
        event_id,
        session_id,
        occurred_at,
        0,
        file_id,
        line_no
    from original_session_events
    where kind = 'away_summary'
    union all
    select
        if(result.search_count > 0, 'web_search', 'web_fetch'),
        result.tool_use_id || '/' || result.line_no,
        result.session_id,
        result.returned_at,
        coalesce(result.search_count, 0),
        result.file_id,
        result.line_no
    from original_tool_results as result
    inner join original_tool_uses as called
        on
            coalesce(called.call_key, called.tool_use_id)
            = coalesce(result.call_key, result.tool_use_id)
    where result.search_count > 0 or called.tool = 'WebFetch' and not result.is_error
    union all
    select
        'title',
        'title',
        title.session_id,
        min(coalesce(file.first_at, timestamptz '1970-01-01 00:00:00+00')),
        0,
        min_by(title.file_id, (title.line_no, title.file_id)),
        min(title.line_no)
    from session_titles as title
    inner join session_files as file using (file_id)
    where title.kind in ('ai-title', 'summary')
    group by title.session_id
    union all
    select kind, call_id, session_id, called_at, 0, file_id, line_no
    from unseen_thread_calls
),

stated as (
    select
        session_id,
        any_value(file_id) as file_id,
        max(line_no) as line_no,
        max(stated_at) as stated_at
    from session_bills
    group by session_id
),

final as (
    select shown.*
    from shown
    left join stated using (session_id)
    where
        shown.session_id in (select session_id from touched_sessions)
        and not coalesce(
            if(
                shown.file_id = stated.file_id,
                shown.line_no < stated.line_no,
                shown.called_at <= stated.stated_at
            ),
            false
        )
)

select * from final
