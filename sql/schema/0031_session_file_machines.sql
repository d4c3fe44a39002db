-- session_files: one row a session file that was ever imported; here, the machine that it is from
--
-- NULL in files that were imported before; views show those as 'unknown'.
alter table session_files add column machine varchar;
alter table session_files add column is_remote boolean default false;

comment on column session_files.machine is 'Name of the machine the file is from, as given at its first import';
comment on column session_files.is_remote is 'An export brought it: imports here do not look for it on this disk';
