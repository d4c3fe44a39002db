-- cost_of_subagents: what did the main thread and its subagents cost? One row a thread and model.
-- parameters: none
with responses_with_cost as (
    select *, input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens + output_tokens as tokens
    from usage_cost
),

final as (
    select
        agent,
        model,
        sum(response_count)::bigint as responses,

        sum(cost_usd) as cost_usd,
        count(*) filter (is_lower_bound and response_count = 1) as lower_bound_responses,
        coalesce(sum(tokens) filter (cost_usd is null), 0)::bigint as unpriced_tokens
    from responses_with_cost
    group by all
)

select * from final
order by agent, cost_usd desc nulls last, model
