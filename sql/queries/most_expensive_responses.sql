-- most_expensive_responses: which responses cost the most? One row a response.
-- parameters: rows integer = 20
select
    response_id,
    responded_at,
    session_id,
    model,
    input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens as context_tokens,
    output_tokens,
    cost_usd,
    is_lower_bound
from usage_cost
where cost_usd is not null
order by cost_usd desc, response_id
limit $rows
