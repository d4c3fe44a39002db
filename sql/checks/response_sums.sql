-- response_sums: the tokens of a response of one pass are those of the line that counts for it
with counted as (
    select
        response.response_id,
        response.file_id,
        response.line_no,
        bool_or(
            line.input_tokens = response.input_tokens
            and line.cache_write_5m_tokens = response.cache_write_5m_tokens
            and line.cache_write_1h_tokens = response.cache_write_1h_tokens
            and line.cache_read_tokens = response.cache_read_tokens
            and line.output_tokens = response.output_tokens
            and line.web_search_requests = response.web_search_requests
            or line.stop_reason = 'refusal' and line.output_tokens = 0
        ) as is_same
    from responses as response
    left join usage_lines as line
        on
            line.response_id = response.message_key
            and line.file_id = response.file_id
            and line.line_no = response.line_no
    anti join usage_passes as pass
        on
            pass.file_id = response.file_id
            and pass.line_no = response.line_no
            and pass.response_id = response.message_key
    where response.kind <> 'unlisted'
    group by all
)

select response_id, file_id, line_no
from counted
where is_same is not true
order by all
