-- original_api_errors: one row per row of api_errors that is not a copy, of the session that it comes from
create or replace view original_api_errors as
select
    * replace (
        coalesce(request_session_id, forked_from_session_id, session_id) as session_id
    )
from api_errors
where not is_copy
