-- original_tool_uses: one row per row of tool_uses that is not a copy, of the session that it comes from
create or replace view original_tool_uses as
select
    * replace (
        coalesce(request_session_id, forked_from_session_id, session_id) as session_id
    )
from tool_uses
where not is_copy
