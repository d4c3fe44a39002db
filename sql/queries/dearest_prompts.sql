-- dearest_prompts: which prompts set off the most expensive work? One row a prompt of a main thread.
-- parameters: rows integer = 20
with asked as (
    select
        prompt_id,
        session_id,
        prompted_at,
        prompt_bytes,
        lead(prompted_at) over (partition by session_id order by prompted_at, prompt_id) as next_at
    from prompt_facts
    where agent = 'main'
),

final as (
    select
        asked.session_id,
        asked.prompted_at,
        asked.prompt_bytes,
        count(*) as responses,
        sum(answers.cost_usd) as cost_usd,
        count(*) filter (answers.is_lower_bound) as lower_bound_responses
    from asked
    inner join usage_cost as answers
        on
            answers.session_id = asked.session_id
            and answers.responded_at >= asked.prompted_at
            and (asked.next_at is null or answers.responded_at < asked.next_at)
    group by asked.prompt_id, asked.session_id, asked.prompted_at, asked.prompt_bytes
)

select * from final
order by cost_usd desc nulls last, prompted_at
limit $rows
