-- original_prompts: one row per row of prompts that is not a copy, of the session that it comes from
create or replace view original_prompts as
select
    * replace (
        coalesce(request_session_id, forked_from_session_id, session_id) as session_id
    )
from prompts
where not is_copy
