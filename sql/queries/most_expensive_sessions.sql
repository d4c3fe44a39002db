-- most_expensive_sessions: which sessions cost the most? One row a session.
-- parameters: rows integer = 20
with responses_with_cost as (
    select *, input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens + output_tokens as tokens
    from usage_cost
),

final as (
    select
        session_id,
        any_value(session_title) as title,
        arg_min(project, responded_at) as project,
        min(responded_at) as started_at,
        sum(response_count)::bigint as responses,

        sum(cost_usd) as cost_usd,
        count(*) filter (is_lower_bound and response_count = 1) as lower_bound_responses,
        coalesce(sum(tokens) filter (cost_usd is null), 0)::bigint as unpriced_tokens
    from responses_with_cost
    group by session_id
)

select * from final
order by cost_usd desc nulls last, session_id
limit $rows
