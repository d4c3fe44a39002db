-- original_session_events: one row per row of session_events that is not a copy, of the session that it comes from
create or replace view original_session_events as
select
    * replace (
        coalesce(request_session_id, forked_from_session_id, session_id) as session_id
    )
from session_events
where not is_copy
