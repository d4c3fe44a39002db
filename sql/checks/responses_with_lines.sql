-- responses_with_lines: each response has lines, and each line its response
select response_id, 'no line' as problem
from responses
anti join usage_lines using (response_id)
union all
select distinct response_id, 'no response' as problem
from usage_lines
anti join responses using (response_id)
order by all
