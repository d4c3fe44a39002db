-- session_cost_states: one row per session and model, what Claude Code itself says they cost
--
-- Its figures add up over a session and are written again and again: the last line of a file
-- counts, and of several files of one session the one with the largest total.
create or replace view session_cost_states as
with last_lines as (
    select *
    from cost_states
    where coalesce(line_session_id, session_id) = session_id
    qualify rank() over (partition by file_id, session_id order by line_no desc) = 1
)

select
    session_id,
    model,
    cost_usd,
    total_cost_usd,
    has_unknown_model_cost,
    bill.stated_at
from last_lines
left join (
    select session_id, any_value(stated_at) as stated_at
    from session_bills
    group by session_id
) as bill using (session_id)
qualify rank() over (partition by session_id order by total_cost_usd desc, file_id) = 1
