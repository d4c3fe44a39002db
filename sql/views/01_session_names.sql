-- session_names: one row per session that has a title
--
-- What a person named it goes before what Claude Code did; of one kind the last
-- counts. A summary names the session of the line it points to.
create or replace view session_names as
with places as (
    select uuid, session_id, responded_at as happened_at from usage_lines
    union all
    select prompt_id as uuid, session_id, prompted_at as happened_at from prompts
),

titles as (
    select
        coalesce(origin.session_id, title.session_id) as session_id,
        title.title,
        title.kind,
        title.line_no,
        title.file_id
    from session_titles as title
    left join (
        select uuid, arg_min(session_id, (happened_at, session_id)) as session_id
        from places
        where uuid in (select leaf_uuid from session_titles)
        group by uuid
    ) as origin on origin.uuid = title.leaf_uuid
    where title.kind <> 'summary' or origin.session_id is not null
),

final as (
    select titles.session_id, titles.title
    from titles
    inner join session_files as file using (file_id)
    qualify row_number() over (
        partition by titles.session_id
        order by
            list_position(['custom-title', 'agent-name', 'ai-title', 'summary'], titles.kind),
            file.last_at desc nulls last, titles.line_no desc, file_id
    ) = 1
)

select * from final
