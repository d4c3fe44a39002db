-- quarantined_lines: one row per line that cannot be read, with the file it is in
create or replace view quarantined_lines as
select
    session_files.path,
    quarantine.line_no,
    quarantine.byte_offset,
    quarantine.line_bytes,
    quarantine.reason,
    session_files.session_id
from quarantine
inner join session_files using (file_id)
