-- folded_responses: each response counts the line that takes precedence, and has the time of its original
with lines as (
    select
        usage_lines.*,
        (source <> 'progress', not is_sidechain) as rank,
        coalesce(request_session_id, forked_from_session_id, line_session_id, usage_lines.session_id)
        <> usage_lines.session_id as is_foreign,
        files.first_at
    from usage_lines
    left join session_files as files using (file_id)
),

expected as (
    select
        response_id as message_key,
        arg_max(
            (file_id, line_no),
            (rank, output_tokens, not is_foreign, responded_at, line_no, -file_id)
        ) as counted,
        arg_min(
            responded_at, (not rank[1], not rank[2], is_foreign, responded_at, first_at, file_id)
        ) as responded_at
    from lines
    group by response_id
),

-- An id that a gateway gave to several responses is split by more than these rules.
single as (
    select message_key
    from responses
    where kind = 'response' and response_count = 1
    group by message_key
    having count(*) = 1
)

select response_id, file_id, line_no
from responses as response
inner join expected using (message_key)
semi join single using (message_key)
where (file_id, line_no) <> counted or response.responded_at <> expected.responded_at
order by all
