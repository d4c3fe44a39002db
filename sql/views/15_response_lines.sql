-- response_lines: one row per response, with the file and line that its usage was read from
--
-- Responses without a session file are from PocketDev's table of messages; their line is its id.
create or replace view response_lines as
select facts.response_id, facts.session_id, files.path, facts.line_no
from responses as facts
left join session_files as files using (file_id)
union all
select response_id, session_id, 'PocketDev''s messages', split_part(response_id, '-', 2)::bigint
from conversation_usage
