-- thread_files: one row a file of an agent that counts by running totals, with its thread and the root of its forks
--
-- The first meta line is the file's own; a second one is copied from the thread that it was
-- forked from, which in some versions nothing else tells.
with recursive own as (
    select
        file_id,
        arg_min(thread_id, line_no) as thread_id,
        arg_min(parent_thread_id, line_no) as stated_parent_id,
        arg_min(origin, line_no) as origin,
        arg_min(git_branch, line_no) as git_branch,
        arg_min(version, line_no) as version,
        arg_min(project_path, line_no) as project_path
    from thread_lines
    where kind = 'meta' and thread_id is not null
    group by file_id
),

files as (
    select
        own.*,
        coalesce(
            own.stated_parent_id,
            (
                select arg_min(copied.thread_id, copied.line_no)
                from thread_lines as copied
                where copied.file_id = own.file_id and copied.kind = 'meta' and copied.thread_id <> own.thread_id
            )
        ) as parent_id
    from own
),

parents as (
    select thread_id, min(parent_id) as parent_id
    from files
    where parent_id is not null and parent_id <> thread_id
    group by thread_id
),

ancestors as (
    select thread_id, thread_id as ancestor_id, 0 as distance
    from (select distinct thread_id from files)
    union all
    select ancestors.thread_id, parents.parent_id, ancestors.distance + 1
    from ancestors
    inner join parents on parents.thread_id = ancestors.ancestor_id
    where ancestors.distance < 1000
),

roots as (
    select thread_id, arg_max(ancestor_id, distance) as root_id
    from ancestors
    group by thread_id
),

final as (
    select
        files.file_id,
        files.thread_id,
        files.parent_id,
        roots.root_id,
        files.origin,
        coalesce(files.origin = 'review', false) as is_review,
        files.git_branch,
        files.version,
        files.project_path,
        file.session_id
    from files
    inner join roots using (thread_id)
    inner join session_files as file using (file_id)
)

select * from final
