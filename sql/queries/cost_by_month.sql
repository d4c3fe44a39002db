-- cost_by_month: what did each month cost? One row a month in UTC.
-- parameters: none
with responses_with_cost as (
    select *, input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens + output_tokens as tokens
    from usage_cost
),

final as (
    select
        date_trunc('month', responded_at)::date as month,
        count(distinct session_id) as sessions,
        sum(response_count)::bigint as responses,

        sum(cost_usd) as cost_usd,
        count(*) filter (is_lower_bound and response_count = 1) as lower_bound_responses,
        coalesce(sum(tokens) filter (cost_usd is null), 0)::bigint as unpriced_tokens
    from responses_with_cost
    group by all
)

select * from final
order by month
