-- responses: one row a response of the lines in touched_lines, as its counted line states it
--
-- Its usage is one whole line, never a field-wise maximum: the line with the most output
-- tokens, the later one on a tie. Session, project, branch, version, agent and time are those
-- of its original line: lines of the main thread precede replays of a sidechain, those
-- before progress lines; copies that name the session they come from go last; then the
-- earliest line counts, and of copies with one timestamp the one in the file that began first.
with lines as (
    select
        coalesce(names.response_name, touched.response_id) as response_id,
        touched.response_id as message_key,
        touched.line_row,
        (touched.source <> 'progress', not touched.is_sidechain) as rank,
        coalesce(
            touched.request_session_id, touched.forked_from_session_id,
            touched.line_session_id, touched.session_id
        ) <> touched.session_id as is_foreign,
        touched.output_tokens,
        touched.text_characters,
        touched.thinking_characters,
        touched.signature_characters,
        touched.tool_input_characters,
        touched.tool_use_blocks,
        touched.extra_bytes,
        touched.responded_at,
        touched.line_no,
        touched.file_id,
        files.first_at
    from touched_lines as touched
    left join response_names as names on names.line_row = touched.line_row
    left join session_files as files on files.file_id = touched.file_id
),

-- Which lines, before any of their other columns are read: a third of the time.
chosen as (
    select
        response_id,
        any_value(message_key) as message_key,
        arg_max(
            line_row, (rank, output_tokens, not is_foreign, responded_at, line_no, -file_id)
        ) as usage_row,
        arg_min(
            line_row,
            (not rank[1], not rank[2], is_foreign, responded_at, first_at, file_id, line_no)
        ) as origin_row,
        sum(text_characters)::bigint as text_characters,
        sum(thinking_characters)::bigint as thinking_characters,
        sum(signature_characters)::bigint as signature_characters,
        sum(tool_input_characters)::bigint as tool_input_characters,
        sum(tool_use_blocks)::bigint as tool_use_blocks,
        sum(extra_bytes)::bigint as extra_bytes
    from lines
    group by response_id
),

counted as (
    select
        chosen.response_id,
        chosen.message_key,
        coalesce(
            origin.request_session_id, origin.forked_from_session_id, origin.session_id
        ) as owner_session_id,
        origin.project_path as origin_project_path,
        origin.git_branch as origin_git_branch,
        origin.version as origin_version,
        origin.is_sidechain as is_of_sidechain,
        origin.agent_id as origin_agent_id,
        origin.responded_at as began_at,
        -- A request that was refused before any output is not billed.
        usage.stop_reason = 'refusal' and usage.output_tokens = 0 as is_refused,
        usage.* exclude (response_id, text_characters, thinking_characters, signature_characters,
            tool_input_characters, tool_use_blocks, extra_bytes),
        chosen.text_characters,
        chosen.thinking_characters,
        chosen.signature_characters,
        chosen.tool_input_characters,
        chosen.tool_use_blocks,
        chosen.extra_bytes
    from chosen
    inner join touched_lines as usage on usage.line_row = chosen.usage_row
    inner join touched_lines as origin on origin.line_row = chosen.origin_row
),

final as (
    select
        response_id,
        message_key,
        -- Lines read by earlier versions have a row of their own for each advisor's call.
        if(is_advisor, 'advisor', 'response') as kind,
        1 as response_count,
        source,
        owner_session_id as session_id,
        origin_project_path as project_path,
        origin_git_branch as git_branch,
        origin_version as version,
        is_of_sidechain as is_sidechain,
        origin_agent_id as agent_id,
        began_at as responded_at,
        model,
        stop_reason,
        if(is_refused, 0, input_tokens) as input_tokens,
        if(is_refused, 0, cache_write_5m_tokens) as cache_write_5m_tokens,
        if(is_refused, 0, cache_write_1h_tokens) as cache_write_1h_tokens,
        if(is_refused, 0, cache_read_tokens) as cache_read_tokens,
        output_tokens,
        web_search_requests,
        speed,
        service_tier,
        inference_geo,
        recorded_cost_usd,
        case
            when is_refused then null
            when not is_usage_known then 'unknown_usage'
            when is_aborted then 'cut'
            when stop_reason is null then 'no_final_count'
            -- From 2.1.290 on a stream that was cut has an invented stop_reason; finished
            -- streams have stop_details since 2.1.150.
            when
                not has_stop_details
                and regexp_matches(version, '^(2\.1\.(29\d|[3-9]\d\d|\d{4,})|2\.([2-9]|\d\d)|[3-9])')
                then 'cut'
        end as lower_bound_reason,
        lower_bound_reason is not null as is_lower_bound,
        requested_model,
        provider,
        effort,
        entrypoint,
        session_kind,
        team_name,
        attribution_agent,
        attribution_skill,
        attribution_plugin,
        attribution_mcp_server,
        is_byok,
        thinking_tokens,
        thinking_ms,
        upstream_cost_usd,
        text_characters,
        thinking_characters,
        signature_characters,
        tool_input_characters,
        tool_use_blocks,
        extra_bytes,
        file_id,
        line_no
    from counted
)

select * from final
