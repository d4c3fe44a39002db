-- conversation_usage: one row per message of PocketDev that is a response without a session file
--
-- Conversations with direct API providers: their messages are the only trace of what was used.
-- The figures are PocketDev's own (`source` is pocketdev): input excludes both cache classes, and
-- all cache writes count as 5-minute ones. Those of agents on the command line are not here: their
-- session files say more, and PocketDev keeps only the last request of a turn.
create or replace view conversation_usage as
with direct as (
    select * from conversation_sessions where not is_cli
),

counted as (
    select
        *,
        greatest(coalesce(input_tokens, 0), 0) as input_count,
        greatest(coalesce(output_tokens, 0), 0) as output_count,
        greatest(coalesce(cache_creation_tokens, 0), 0) as cache_write_count,
        greatest(coalesce(cache_read_tokens, 0), 0) as cache_read_count
    from pocketdev_messages
    where conversation_id in (select conversation_id from direct)
),

final as (
    select
        concat('pocketdev-', message.id) as response_id,
        'pocketdev' as source,
        'response' as kind,
        1::tinyint as response_count,
        direct.session_id,
        direct.title as session_title,
        nullif(direct.working_directory, '') as project,
        null::varchar as git_branch,
        'main' as agent,
        null::varchar as agent_id,
        null::varchar as agent_type,
        'unknown' as machine,
        'pocketdev' as product,
        null::varchar as version,
        coalesce(message.created_at, direct.last_activity_at, direct.created_at, direct.updated_at, '1970-01-01')
        at time zone 'UTC' as responded_at,
        coalesce(message.model, direct.model, 'unknown') as model,
        message.stop_reason,
        input_count as input_tokens,
        cache_write_count as cache_write_5m_tokens,
        0::bigint as cache_write_1h_tokens,
        cache_read_count as cache_read_tokens,
        output_count as output_tokens,
        0::bigint as web_search_requests,
        null::varchar as speed,
        null::varchar as service_tier,
        null::varchar as inference_geo,
        direct.provider,
        null::decimal(38, 15) as recorded_cost_usd,
        null::bigint as text_characters,
        null::bigint as thinking_characters,
        null::bigint as signature_characters,
        null::bigint as tool_input_characters,
        null::bigint as tool_use_blocks,
        null::bigint as extra_bytes,
        if(input_count + output_count + cache_write_count + cache_read_count = 0, 'unknown_usage', null)
            as lower_bound_reason,
        lower_bound_reason is not null as is_lower_bound,
        null::varchar as requested_model,
        null::varchar as effort,
        null::varchar as entrypoint,
        null::varchar as session_kind,
        null::varchar as team_name,
        null::varchar as attribution_skill,
        null::varchar as attribution_plugin
    from counted as message
    inner join direct using (conversation_id)
    -- Prompts and tool results may have counts of 0: nothing was billed for them.
    where input_count + output_count + cache_write_count + cache_read_count > 0
        or message.cost_usd > 0
        or message.stop_reason is not null
)

select * from final
