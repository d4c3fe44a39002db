-- cache_use_by_project: how much of the prompts came from the cache? One row a project.
-- parameters: none
with prompts_sent as (
    select
        project,
        cache_read_tokens,
        cache_write_5m_tokens + cache_write_1h_tokens as cache_write_tokens,
        input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens as prompt_tokens
    from usage
),

final as (
    select
        project,
        sum(prompt_tokens)::bigint as prompt_tokens,
        sum(cache_read_tokens)::bigint as cache_read_tokens,
        sum(cache_write_tokens)::bigint as cache_write_tokens,
        sum(cache_read_tokens) / nullif(sum(prompt_tokens), 0) as cache_read_rate
    from prompts_sent
    group by project
)

select * from final
order by prompt_tokens desc, project
