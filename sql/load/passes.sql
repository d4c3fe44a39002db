-- passes: one row a pass of the responses named in touched_responses that were billed in several
--
-- `usage.iterations` lists the passes of a response. Where its message passes add up to the
-- top level, or the top level has the prompt of the first of them only, the list rules; where
-- they contradict each other, the top level does. An advisor's call and a compaction are in no
-- top-level field. Of a chain of fallbacks the last attempt is the response, and earlier ones
-- are billed if they gave output. `is_head` rows replace the counts of the response's row.
with listed as (
    select
        head.response_id as head_id,
        head.message_key,
        head.input_tokens as top_input,
        head.cache_write_5m_tokens + head.cache_write_1h_tokens as top_written,
        head.cache_read_tokens as top_read,
        head.output_tokens as top_output,
        pass.pass_no,
        pass.pass_kind,
        pass.model,
        pass.speed,
        pass.service_tier,
        pass.inference_geo,
        pass.input_tokens,
        pass.cache_write_5m_tokens,
        pass.cache_write_1h_tokens,
        pass.cache_write_5m_tokens + pass.cache_write_1h_tokens as written_tokens,
        pass.cache_read_tokens,
        pass.output_tokens,
        pass.web_search_requests
    from usage_passes as pass
    inner join responses as head
        on
            head.file_id = pass.file_id
            and head.line_no = pass.line_no
            and head.message_key = pass.response_id
    where head.message_key in (from touched_responses) and head.kind = 'response'
    -- One line may hold two objects.
    qualify row_number() over (
        partition by head.response_id, pass.pass_no
        order by
            pass.output_tokens desc, pass.input_tokens desc, pass.cache_read_tokens desc,
            pass.cache_write_5m_tokens desc, pass.pass_kind, pass.model
    ) = 1
),

shapes as (
    select
        head_id,
        max(pass_no) filter (pass_kind = 'fallback_message') as served_no,
        min(pass_no) filter (pass_kind = 'message') as first_no,
        (
            sum(input_tokens) filter (pass_kind = 'message') = any_value(top_input)
            and sum(written_tokens) filter (pass_kind = 'message') = any_value(top_written)
            and sum(cache_read_tokens) filter (pass_kind = 'message') = any_value(top_read)
            and sum(output_tokens) filter (pass_kind = 'message') = any_value(top_output)
        )
        or (
            arg_min((input_tokens, written_tokens, cache_read_tokens), pass_no)
                filter (pass_kind = 'message')
            = (any_value(top_input), any_value(top_written), any_value(top_read))
            and any_value(top_output) in (
                sum(output_tokens) filter (pass_kind = 'message'),
                arg_min(output_tokens, pass_no) filter (pass_kind = 'message')
            )
        ) as is_list_right
    from listed
    group by head_id
),

placed as (
    select
        listed.*,
        case
            when pass_kind = 'advisor_message' then 'advisor'
            when pass_kind = 'compaction' then 'compaction'
            when pass_kind = 'paused' then 'response'
            when pass_kind not in ('message', 'fallback_message') then 'unknown'
            when pass_no < served_no then if(output_tokens > 0, 'fallback', null)
            when served_no is not null or is_list_right then 'response'
        end as kind,
        pass_kind in ('message', 'fallback_message')
        and pass_no = coalesce(served_no, if(is_list_right, first_no, null)) as is_head
    from listed
    inner join shapes using (head_id)
),

final as (
    select
        case
            when is_head then head_id
            when pass_kind = 'paused' then concat(head_id, '/paused/', pass_no)
            when kind = 'response' then concat(head_id, '/pass/', pass_no)
            else concat(head_id, '/', kind, '/', pass_no)
        end as response_id,
        coalesce(is_head, false) as is_head,
        * exclude (is_head, top_input, top_written, top_read, top_output, written_tokens, pass_kind)
    from placed
    where kind is not null
)

select * from final
