-- thread_usage: one row a call that the files in family_files tell of by running totals, as usage_lines has it
--
-- A record is a call. A count is one where its total changed, its last usage is not all zero and
-- no record of the same file has that usage; of a review, only in the reviewer's own file. A call
-- is known by its thread and response, or else by its turn (or the root of its forks) and both
-- usages: a copy in a fork has the same. Its model and tier are the last that were set before the line. A
-- count waits for the tools: its time is that of what the model wrote last before their output.
with lines as (
    select
        line.*,
        family.thread_id as file_thread_id,
        family.root_id,
        family.is_review as is_reviewer,
        (
            line.total_input_tokens, line.total_cached_tokens, line.total_cache_write_tokens,
            line.total_output_tokens, line.total_reasoning_tokens
        ) as total,
        (
            line.input_tokens, line.cached_tokens, line.cache_write_tokens, line.output_tokens,
            line.reasoning_tokens
        ) as usage
    from thread_lines as line
    inner join family_files as family using (file_id)
),

placed as (
    select
        *,
        kind = 'count' and total is distinct from
        last_value(case when kind = 'count' then total end ignore nulls) over earlier as is_new,
        last_value(case when kind = 'turn' then model end ignore nulls) over so_far as current_model,
        last_value(case when kind = 'turn' then effort end ignore nulls) over so_far as current_effort,
        last_value(case when kind = 'tier' then service_tier end ignore nulls) over so_far as current_tier,
        last_value(case when kind in ('turn', 'start') then turn_id end ignore nulls) over so_far
            as current_turn,
        last_value(project_path ignore nulls) over so_far as current_path,
        coalesce(
            last_value(case when starts_with(kind, 'review_') then kind end ignore nulls) over so_far
            = 'review_begin',
            false
        ) as is_in_review
    from lines
    window
        so_far as (
            partition by file_id order by line_no
            rows between unbounded preceding and current row
        ),
        earlier as (
            partition by file_id order by line_no
            rows between unbounded preceding and 1 preceding
        )
),

segmented as (
    select
        *,
        coalesce(
            sum(is_new::integer) over (
                partition by file_id order by line_no
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as segment
    from placed
),

timed as (
    select
        *,
        min(line_no) filter (kind = 'output') over (partition by file_id, segment) as output_no,
        count(*) filter (kind = 'search') over (partition by file_id, segment) as count_searches
    from segmented
),

calls as (
    select
        *,
        max(happened_at) filter (kind in ('made', 'search') and line_no < coalesce(output_no, line_no + 1))
            over (partition by file_id, segment) as made_at
    from timed
),

counted as (
    select
        calls.*,
        case
            when kind = 'record'
                then concat(
                    'record/', coalesce(thread_id, file_thread_id), '/',
                    coalesce(response_id, md5(usage::varchar))
                )
            else concat(
                'count/',
                if(
                    regexp_matches(current_turn, '^[0-9a-f]{8}-[0-9a-f]{4}-7'),
                    current_turn,
                    root_id
                ),
                '/',
                md5(concat(total::varchar, usage::varchar))
            )
        end as call_id,
        if(kind = 'record', happened_at, coalesce(made_at, happened_at)) as called_at
    from calls
    where
        kind = 'record'
        or kind = 'count'
        and is_new
        and usage <> (0, 0, 0, 0, 0)
        and (file_id, usage) not in (select (file_id, usage) from lines where kind = 'record')
        and not (
            is_in_review
            and not is_reviewer
            and (total, usage) in (
                select (total, usage) from lines where kind = 'count' and is_reviewer
            )
        )
),

final as (
    select
        counted.file_id,
        counted.line_no,
        file.session_id,
        case
            when counted.thread_id <> counted.file_thread_id
                then coalesce(owner.session_id, counted.thread_id)
        end as forked_from_session_id,
        coalesce(counted.current_path, file.project_path) as project_path,
        family.git_branch,
        family.version,
        family.origin as entrypoint,
        counted.current_effort as effort,
        file.agent_id is not null as is_sidechain,
        file.agent_id,
        counted.call_id as response_id,
        counted.response_id as message_id,
        counted.call_id as request_id,
        'message' as source,
        false as is_advisor,
        coalesce(counted.current_model, 'unknown') as model,
        -- It is not stated, but a count is written when the answer is complete.
        'not stated' as stop_reason,
        true as has_stop_details,
        false as is_aborted,
        true as is_usage_known,
        coalesce(counted.current_tier, 'standard') as service_tier,
        if(
            row_number() over (
                partition by counted.file_id, counted.segment order by counted.line_no
            ) = 1,
            counted.count_searches,
            0
        ) as web_search_requests,
        coalesce(counted.called_at, file.first_at, timestamptz '1970-01-01 00:00:00+00')
            as responded_at,
        greatest(counted.input_tokens - counted.cached_tokens - counted.cache_write_tokens, 0)
            as input_tokens,
        counted.cache_write_tokens as cache_write_5m_tokens,
        0::bigint as cache_write_1h_tokens,
        counted.cached_tokens as cache_read_tokens,
        counted.output_tokens,
        counted.reasoning_tokens as thinking_tokens
    from counted
    inner join family_files as family using (file_id)
    inner join session_files as file using (file_id)
    left join (
        select thread_id, any_value(session_id) as session_id from thread_files group by thread_id
    ) as owner on owner.thread_id = counted.thread_id
)

select * from final
