-- responses: one row an API response, for those whose lines touched_lines holds
--
-- Its usage is one whole line, never a field-wise maximum: the line with the most
-- output tokens, the later one on a tie. When, where and by whom is what its
-- earliest line says: forks and resumes copy lines with later times. Lines of the
-- main thread go before sidechains' replays, and those before progress lines.
with lines as (
    select
        response_id,
        line_row,
        (source <> 'progress', not is_sidechain) as rank,
        output_tokens,
        responded_at,
        line_no,
        file_id
    from touched_lines
),

-- Which lines, before any of their other columns are read: a third of the time.
chosen as (
    select
        response_id,
        arg_max(line_row, (rank, output_tokens, responded_at, line_no, -file_id)) as usage_row,
        arg_min(line_row, (not rank[1], not rank[2], responded_at, file_id, line_no)) as origin_row
    from lines
    group by response_id
),

final as (
    select
        chosen.response_id,
        chosen.response_id as message_key,
        if(usage.is_advisor, 'advisor', 'response') as kind,
        1 as response_count,
        usage.source,
        origin.session_id,
        origin.project_path,
        origin.git_branch,
        origin.version,
        origin.is_sidechain,
        origin.agent_id,
        origin.responded_at,
        usage.model,
        usage.stop_reason,
        usage.input_tokens,
        usage.cache_write_5m_tokens,
        usage.cache_write_1h_tokens,
        usage.cache_read_tokens,
        usage.output_tokens,
        usage.web_search_requests,
        usage.speed,
        usage.service_tier,
        usage.inference_geo,
        usage.recorded_cost_usd,
        if(usage.stop_reason is null, 'no_final_count', null) as lower_bound_reason,
        usage.stop_reason is null as is_lower_bound,
        usage.file_id,
        usage.line_no
    from chosen
    inner join touched_lines as usage on usage.line_row = chosen.usage_row
    inner join touched_lines as origin on origin.line_row = chosen.origin_row
)

select * from final
