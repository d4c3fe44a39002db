-- response_sums: each response's tokens are those of the line that counts for it
with counted as (
    select
        response_id,
        file_id,
        line_no,
        bool_or(
            line.model = response.model
            and line.input_tokens = response.input_tokens
            and line.cache_write_5m_tokens = response.cache_write_5m_tokens
            and line.cache_write_1h_tokens = response.cache_write_1h_tokens
            and line.cache_read_tokens = response.cache_read_tokens
            and line.output_tokens = response.output_tokens
            and line.web_search_requests = response.web_search_requests
        ) as is_same
    from responses as response
    left join usage_lines as line using (response_id, file_id, line_no)
    group by all
)

select response_id, file_id, line_no
from counted
where is_same is not true
order by all
