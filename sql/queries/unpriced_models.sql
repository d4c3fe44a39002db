-- unpriced_models: which models have no price, and how many tokens does that leave out? One row a model and mode.
-- parameters: none
select
    model,
    speed,
    service_tier,
    sum(response_count)::bigint as responses,
    sum(input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens + output_tokens)::bigint as tokens
from usage_cost
where cost_usd is null
group by model, speed, service_tier
order by tokens desc, model, speed, service_tier
