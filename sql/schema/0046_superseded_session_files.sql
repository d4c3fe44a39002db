-- session_files: one row a session file that was ever imported; here, which of them something else has replaced
alter table session_files add column superseded_at timestamptz;

update session_files set superseded_at = replaced_at from (
    select
        file_id,
        max(noted_at) over (partition by machine, path) as replaced_at,
        row_number() over (
            partition by machine, path
            order by gone_at is null desc, noted_at desc, changed_ns desc, file_id desc
        ) as place
    from session_files
) as family
where session_files.file_id = family.file_id and family.place > 1;

comment on column session_files.superseded_at is 'When something else was found at its path; what it said of itself is dropped until it is back';
