-- folded_responses: each response counts the line that goes before its others, and is of the time of its earliest
with lines as (
    select *, (source <> 'progress', not is_sidechain) as rank
    from usage_lines
),

expected as (
    select
        response_id,
        arg_max((file_id, line_no), (rank, output_tokens, responded_at, line_no, -file_id)) as counted,
        arg_min(responded_at, (not rank[1], not rank[2], responded_at)) as responded_at
    from lines
    group by response_id
)

select response_id, file_id, line_no
from responses as response
inner join expected using (response_id)
where (file_id, line_no) <> counted or response.responded_at <> expected.responded_at
order by all
