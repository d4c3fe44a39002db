-- most_expensive_prompts: which prompts set off the most expensive work? One row a prompt of a main thread.
-- parameters: rows integer = 20
with asked as (
    -- of prompts at the same moment the last one is answered
    select
        session_id,
        prompted_at,
        arg_max(prompt_bytes, prompt_id) as prompt_bytes
    from prompt_facts
    where agent = 'main'
    group by session_id, prompted_at
),

final as (
    select
        asked.session_id,
        asked.prompted_at,
        asked.prompt_bytes,
        sum(response_count)::bigint as responses,
        sum(answers.cost_usd) as cost_usd,
        count(*) filter (answers.is_lower_bound and answers.response_count = 1) as lower_bound_responses,
        coalesce(
            sum(
                answers.input_tokens + answers.cache_write_5m_tokens + answers.cache_write_1h_tokens
                + answers.cache_read_tokens + answers.output_tokens
            ) filter (answers.cost_usd is null),
            0
        )::bigint as unpriced_tokens
    from usage_cost as answers
    asof inner join asked
        on
            answers.session_id = asked.session_id
            and answers.responded_at >= asked.prompted_at
    group by asked.session_id, asked.prompted_at, asked.prompt_bytes
)

select * from final
order by cost_usd desc nulls last, prompted_at, session_id
limit $rows
