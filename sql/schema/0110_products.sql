-- session_files: one row a session file that was ever imported; here, the agent product that wrote it
alter table session_files add column product varchar default 'claude';

comment on column session_files.product is 'Agent product that wrote the file: claude, codex, …';
