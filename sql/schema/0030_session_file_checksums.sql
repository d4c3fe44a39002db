-- session_files: one row a session file that was ever imported; here, what tells that one was rewritten
--
-- NULL in files that were imported before: they are compared by their first and last 4 KiB.
alter table session_files add column content_crc32 bigint;
alter table session_files add column samples_digest varchar;

comment on column session_files.content_crc32 is 'CRC-32 of the bytes before bytes_read';
comment on column session_files.samples_digest is 'BLAKE2b of 16 blocks of 4 KiB, spread evenly before bytes_read';
