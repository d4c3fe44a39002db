-- session_files: one row a session file that was ever imported; here, what tells its states and generations apart
--
-- What was imported before has no digest of a first line, and was noted when it was written at the earliest.
alter table session_files add column first_line_digest varchar;
alter table session_files add column noted_at timestamptz;

update session_files set noted_at = make_timestamp_ns(changed_ns)::timestamptz;

comment on column session_files.first_line_digest is 'BLAKE2b of its first line that ends with a newline';
comment on column session_files.noted_at is 'When an import last found it new, changed, moved or back; of several files of a machine at one path the last noted is in force';
