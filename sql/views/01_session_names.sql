-- session_names: one row per session that has a title
--
-- A title given by a person takes precedence over a generated one; the last of a kind counts. A
-- summary names the session of the line it points to: of copies, the original's.
create or replace view session_names as
with places as (
    select
        uuid,
        coalesce(request_session_id, forked_from_session_id, session_id) as session_id,
        coalesce(request_session_id, forked_from_session_id, line_session_id, session_id)
        <> session_id as is_foreign,
        responded_at as happened_at,
        file_id
    from usage_lines
    union all
    select
        prompt_id,
        coalesce(request_session_id, forked_from_session_id, session_id),
        coalesce(request_session_id, forked_from_session_id, line_session_id, session_id)
        <> session_id,
        prompted_at,
        file_id
    from prompts
),

originals as (
    select
        places.uuid,
        arg_min(
            places.session_id,
            (places.is_foreign, places.happened_at, file.first_at, places.session_id)
        ) as session_id
    from places
    inner join session_files as file using (file_id)
    where places.uuid in (select leaf_uuid from session_titles)
    group by places.uuid
),

titles as (
    select
        coalesce(original.session_id, title.session_id) as session_id,
        title.title,
        title.kind,
        title.line_no,
        title.file_id
    from session_titles as title
    left join originals as original on original.uuid = title.leaf_uuid
    where title.kind <> 'summary' or original.session_id is not null
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
