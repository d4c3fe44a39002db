-- responses_with_lines: each response has lines, and each line its response
select response_id, 'no line' as problem
from responses
anti join usage_lines on usage_lines.response_id = responses.message_key
where kind <> 'unlisted'
union all
select distinct response_id, 'no response' as problem
from usage_lines
anti join responses on responses.message_key = usage_lines.response_id
order by all
