-- response_folds: one row per response, of how many lines it was made and where they were
--
-- A fork or resume copies lines into another session; a sidechain may replay its parent's
-- message; progress lines repeat what the subagent's own file holds.
create or replace view response_folds as
select
    response_id,
    count(*) as count_lines,
    min(session_id) <> max(session_id) as is_in_several_sessions,
    bool_or(source = 'message' and not is_sidechain)
    and bool_or(source = 'message' and is_sidechain) as is_replayed,
    bool_or(source = 'message') and bool_or(source = 'progress') as is_repeated_in_progress
from usage_lines
group by response_id
