-- responses_of_session: what did each response of a session use and cost, in order? One row a billed pass.
-- parameters: session_id varchar = ''
--
-- Without an id it is the most expensive session. Responses are the sum of response_count.
with most_expensive as (
    select session_id
    from usage_cost
    group by session_id
    order by sum(cost_usd) desc nulls last, session_id
    limit 1
),

final as (
    select
        response_id,
        kind,
        response_count,
        responded_at,
        agent,
        agent_id,
        model,
        input_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        cache_read_tokens,
        output_tokens,
        cost_usd,
        is_lower_bound
    from usage_cost
    where session_id = coalesce(nullif($session_id, ''), (select most_expensive.session_id from most_expensive))
)

select * from final
order by responded_at, response_id
