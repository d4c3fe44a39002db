-- copied_prompts: one row a prompt of the files in family_files that a fork copied, with the id of its original
--
-- A fork may begin with its parent's lines at new times. Its turns are older than itself; where
-- turns have no ids, its first prompts are copies if they came with the file and are as long as
-- the parent's at the same place.
with recursive placed as (
    select
        prompt.rowid as prompt_row,
        prompt.prompt_id,
        prompt.file_id,
        prompt.prompt_bytes,
        family.thread_id,
        family.parent_id,
        row_number() over (partition by prompt.file_id order by prompt.line_no) as place,
        (
            select arg_max(line.turn_id, line.line_no)
            from thread_lines as line
            where line.file_id = prompt.file_id and line.kind = 'start' and line.line_no < prompt.line_no
        ) as turn_id,
        prompt.prompted_at <= file.first_at + interval 1 second as came_with_file,
        exists (
            select 1
            from thread_lines as line
            where line.file_id = prompt.file_id and line.kind = 'meta' and line.thread_id <> family.thread_id
        ) as is_of_copy
    from prompts as prompt
    inner join family_files as family using (file_id)
    inner join session_files as file using (file_id)
),

threads as (
    select
        thread_id,
        any_value(parent_id) as parent_id,
        max(place) filter (
            is_of_copy and if(
                regexp_matches(turn_id, '^[0-9a-f]{8}-[0-9a-f]{4}-7'), turn_id < thread_id, came_with_file
            )
        ) as last_copied
    from placed
    group by thread_id
),

owners as (
    select prompt_row, place, prompt_bytes, thread_id as owner_id, 0 as distance
    from placed
    where is_of_copy
    union all
    select owners.prompt_row, owners.place, owners.prompt_bytes, threads.parent_id, owners.distance + 1
    from owners
    inner join threads on threads.thread_id = owners.owner_id
    where threads.parent_id is not null and owners.place <= threads.last_copied and owners.distance < 1000
),

final as (
    select owners.prompt_row, arg_max(original.prompt_id, owners.distance) as prompt_id
    from owners
    inner join placed as original
        on
            original.thread_id = owners.owner_id
            and original.place = owners.place
            and original.prompt_bytes = owners.prompt_bytes
    where owners.distance > 0
    group by owners.prompt_row
)

select * from final
