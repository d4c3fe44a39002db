-- response_lines: one row per response, with the file and line that its usage was read from
create or replace view response_lines as
select facts.response_id, facts.session_id, files.path, facts.line_no
from responses as facts
left join session_files as files using (file_id)
