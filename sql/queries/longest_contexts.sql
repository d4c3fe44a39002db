-- longest_contexts: in which sessions did the context grow the most? One row a session.
-- parameters: rows integer = 20
select
    session_id,
    any_value(session_title) as title,
    max(input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens)
        as peak_context_tokens,
    sum(response_count)::bigint as responses
from usage
where agent = 'main' and kind = 'response'
group by session_id
order by peak_context_tokens desc, session_id
limit $rows
