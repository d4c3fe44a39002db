-- session_bills: for the sessions named in touched_sessions, one row a model and part of the last cost-state
--
-- A cost-state counts every call of its session since the session's start, by the model that
-- was asked for: top level, advisors' calls and paused parts of each response, and the calls
-- that leave no line. What it has beyond the session's own lines are those. A session that
-- `--fork-session` made starts at its parent's total: that is taken off first. Lines after the
-- cost-state are not in it.
with states as (
    select *
    from cost_states
    where
        session_id in (select session_id from touched_sessions)
        and coalesce(line_session_id, session_id) = session_id
        and input_tokens is not null
),

-- Of the files that hold one session, the one with the largest total counts.
last_lines as (
    select
        session_id,
        file_id,
        max(line_no) as line_no,
        max_by(total_cost_usd, line_no) as total_cost_usd,
        max_by(started_at, line_no) as started_at
    from states
    group by session_id, file_id
),

current_lines as (
    select *
    from last_lines
    qualify row_number() over (
        partition by session_id order by total_cost_usd desc nulls last, file_id
    ) = 1
),

keys as (
    select
        states.session_id,
        states.model as state_model,
        regexp_replace(states.model, '(\[1m\]|-\d{8}|-\d{8}\[1m\])$', '') as plain_model,
        states.input_tokens,
        -- A class that a cost-state does not name was not used.
        coalesce(states.output_tokens, 0) as output_tokens,
        coalesce(states.cache_read_tokens, 0) as cache_read_tokens,
        coalesce(states.cache_write_tokens, 0) as written_tokens,
        states.cache_write_5m_tokens,
        states.cache_write_1h_tokens,
        coalesce(states.web_search_requests, 0) as web_search_requests
    from states
    inner join current_lines using (session_id, file_id, line_no)
),

dated as (
    select file_id, line_no, responded_at as happened_at
    from usage_lines
    where file_id in (select file_id from current_lines)
    union all
    select file_id, line_no, prompted_at
    from prompts
    where file_id in (select file_id from current_lines)
    union all
    select file_id, line_no, occurred_at
    from session_events
    where file_id in (select file_id from current_lines)
),

stated as (
    select
        state.session_id,
        state.file_id,
        state.line_no,
        any_value(state.started_at) as started_at,
        coalesce(
            max(dated.happened_at), any_value(files.last_at), any_value(state.started_at),
            timestamptz '1970-01-01 00:00:00+00'
        ) as stated_at
    from current_lines as state
    left join dated on dated.file_id = state.file_id and dated.line_no < state.line_no
    left join session_files as files on files.file_id = state.file_id
    group by all
),

-- What Claude Code counted of the session's own responses, as its lines hold it.
own_rows as (
    select
        own.session_id,
        own.model,
        own.requested_model,
        line.input_tokens is not null as is_refused,
        line.input_tokens as refused_input_tokens,
        line.cache_write_5m_tokens as refused_5m_tokens,
        line.cache_write_1h_tokens as refused_1h_tokens,
        line.cache_read_tokens as refused_read_tokens,
        own.input_tokens + coalesce(line.input_tokens, 0) as input_tokens,
        own.cache_write_5m_tokens + coalesce(line.cache_write_5m_tokens, 0) as cache_write_5m_tokens,
        own.cache_write_1h_tokens + coalesce(line.cache_write_1h_tokens, 0) as cache_write_1h_tokens,
        own.cache_read_tokens + coalesce(line.cache_read_tokens, 0) as cache_read_tokens,
        own.output_tokens,
        own.web_search_requests
    from responses as own
    inner join stated on stated.session_id = own.session_id
    -- Refused before any output: not billed, but counted by Claude Code.
    left join usage_lines as line
        on
            own.stop_reason = 'refusal'
            and own.output_tokens = 0
            and line.response_id = own.message_key
            and line.file_id = own.file_id
            and line.line_no = own.line_no
    where
        own.kind in ('response', 'advisor')
        and if(
            own.file_id = stated.file_id,
            own.line_no < stated.line_no,
            own.responded_at <= stated.stated_at
        )
),

matched_rows as (
    select
        own.*,
        coalesce(requested.state_model, answered.state_model, spelled.state_model) as state_model
    from own_rows as own
    left join keys as requested
        on requested.session_id = own.session_id and requested.state_model = own.requested_model
    left join keys as answered
        on answered.session_id = own.session_id and answered.state_model = own.model
    left join (
        select session_id, plain_model, min(state_model) as state_model
        from keys
        group by all
    ) as spelled
        on
            spelled.session_id = own.session_id
            and spelled.plain_model = regexp_replace(own.model, '(\[1m\]|-\d{8}|-\d{8}\[1m\])$', '')
),

-- A gateway may answer under another name than the one asked for: such lines are taken off the
-- largest model that has no lines of its own name, so that they are not counted twice.
spare_keys as (
    select
        session_id,
        arg_max(
            state_model,
            (
                state_model not in (select state_model from matched_rows where state_model is not null),
                input_tokens + written_tokens + cache_read_tokens + output_tokens,
                state_model
            )
        ) as state_model
    from keys
    group by session_id
),

own_sums as (
    select
        own.session_id,
        coalesce(own.state_model, spare.state_model) as state_model,
        sum(own.input_tokens)::bigint as input_tokens,
        sum(own.cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
        sum(own.cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
        sum(own.cache_read_tokens)::bigint as cache_read_tokens,
        sum(own.output_tokens)::bigint as output_tokens,
        sum(own.web_search_requests)::bigint as web_search_requests,
        mode(own.model order by own.model) as model
    from matched_rows as own
    inner join spare_keys as spare using (session_id)
    group by all
),

-- Lines of the cost-state's file that another session owns: the session is a copy of that one.
copied_lines as (
    select
        stated.session_id,
        stated.file_id,
        stated.started_at,
        line.response_id as message_key,
        line.line_no,
        line.forked_from_session_id is not null as is_branch,
        owner.session_id as owner_session_id
    from stated
    inner join usage_lines as line
        on line.file_id = stated.file_id and line.line_no < stated.line_no
    inner join (
        -- An id that names several responses says nothing of who owns a line.
        select message_key, any_value(session_id) as session_id
        from responses
        where kind = 'response'
        group by message_key
        having count(distinct session_id) = 1
    ) as owner on owner.message_key = line.response_id
    where owner.session_id <> stated.session_id and line.source = 'message'
),

parents as (
    select
        session_id,
        any_value(file_id) as file_id,
        any_value(started_at) as started_at,
        arg_max(owner_session_id, line_no) as parent_id
    from copied_lines
    group by session_id
    -- A /branch starts at 0.
    having not bool_or(is_branch)
),

parent_states as (
    select
        parents.session_id,
        parents.file_id as copy_file_id,
        state.* exclude (session_id)
    from parents
    inner join cost_states as state
        on
            state.session_id = parents.parent_id
            and coalesce(state.line_session_id, state.session_id) = state.session_id
    where
        state.input_tokens is not null
        and coalesce(parents.started_at = state.started_at, true)
),

-- The parent's first response that the copy does not have: the copy was made before it.
parted_at as (
    select state.session_id, state.file_id, min(line.line_no) as line_no
    from (select distinct session_id, file_id from parent_states) as state
    inner join usage_lines as line on line.file_id = state.file_id and line.source = 'message'
    anti join copied_lines as copied
        on copied.session_id = state.session_id and copied.message_key = line.response_id
    group by all
),

-- The last of the parent's cost-states that leaves room for the session's own lines.
base_lines as (
    select
        state.session_id,
        arg_max((state.file_id, state.line_no), (state.line_no, state.file_id)) as place
    from (
        select state.session_id, state.file_id, state.line_no
        from parent_states as state
        left join keys
            on keys.session_id = state.session_id and keys.state_model = state.model
        left join own_sums as own
            on own.session_id = state.session_id and own.state_model = state.model
        group by all
        having bool_and(
            coalesce(
                keys.input_tokens >= state.input_tokens + coalesce(own.input_tokens, 0)
                and keys.output_tokens >= state.output_tokens + coalesce(own.output_tokens, 0)
                and keys.cache_read_tokens
                >= state.cache_read_tokens + coalesce(own.cache_read_tokens, 0),
                false
            )
        )
    ) as state
    left join parted_at as parted using (session_id, file_id)
    where parted.line_no is null or state.line_no < parted.line_no
    group by state.session_id
),

-- Where no cost-state of the parent is known, what was copied of its lines stands for it.
copied_sums as (
    select
        copied.session_id,
        coalesce(requested.state_model, answered.state_model, spare.state_model) as state_model,
        sum(line.input_tokens)::bigint as input_tokens,
        sum(line.output_tokens)::bigint as output_tokens,
        sum(line.cache_read_tokens)::bigint as cache_read_tokens,
        sum(line.cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
        sum(line.cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
        sum(line.web_search_requests)::bigint as web_search_requests
    from (select distinct session_id, message_key from copied_lines) as copied
    inner join parents using (session_id)
    inner join responses as line
        on line.message_key = copied.message_key and line.kind in ('response', 'advisor')
    inner join spare_keys as spare on spare.session_id = copied.session_id
    left join keys as requested
        on requested.session_id = copied.session_id and requested.state_model = line.requested_model
    left join keys as answered
        on answered.session_id = copied.session_id and answered.state_model = line.model
    anti join parent_states on parent_states.session_id = copied.session_id
    group by all
),

bases as (
    select
        base.session_id,
        state.model as state_model,
        state.input_tokens,
        state.output_tokens,
        state.cache_read_tokens,
        coalesce(state.cache_write_tokens, 0) as written_tokens,
        state.cache_write_5m_tokens,
        state.cache_write_1h_tokens,
        coalesce(state.web_search_requests, 0) as web_search_requests
    from base_lines as base
    inner join cost_states as state
        on state.file_id = base.place[1] and state.line_no = base.place[2]
    union all
    select
        session_id,
        state_model,
        input_tokens,
        output_tokens,
        cache_read_tokens,
        cache_write_5m_tokens + cache_write_1h_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        web_search_requests
    from copied_sums
),

-- A total below its base and its own lines did not start there.
begun_at_parents as (
    select bases.session_id
    from bases
    left join keys using (session_id, state_model)
    left join own_sums as own using (session_id, state_model)
    group by bases.session_id
    having bool_and(
        coalesce(
            keys.input_tokens >= bases.input_tokens + coalesce(own.input_tokens, 0)
            and keys.cache_read_tokens
            >= bases.cache_read_tokens + coalesce(own.cache_read_tokens, 0),
            false
        )
    )
),

differences as (
    select
        keys.session_id,
        keys.state_model,
        coalesce(own.model, regexp_replace(keys.state_model, '\[1m\]$', '')) as model,
        stated.file_id,
        stated.line_no,
        stated.stated_at,
        keys.written_tokens = keys.cache_write_5m_tokens + keys.cache_write_1h_tokens
        and coalesce(
            base.written_tokens = base.cache_write_5m_tokens + base.cache_write_1h_tokens,
            base.session_id is null
        ) as is_split_known,
        keys.input_tokens - coalesce(base.input_tokens, 0) - coalesce(own.input_tokens, 0)
            as input_tokens,
        keys.output_tokens - coalesce(base.output_tokens, 0) - coalesce(own.output_tokens, 0)
            as output_tokens,
        keys.cache_read_tokens - coalesce(base.cache_read_tokens, 0)
        - coalesce(own.cache_read_tokens, 0) as cache_read_tokens,
        keys.written_tokens - coalesce(base.written_tokens, 0)
        - coalesce(own.cache_write_5m_tokens, 0) - coalesce(own.cache_write_1h_tokens, 0)
            as written_tokens,
        keys.cache_write_5m_tokens - coalesce(base.cache_write_5m_tokens, 0)
        - coalesce(own.cache_write_5m_tokens, 0) as cache_write_5m_tokens,
        coalesce(own.cache_write_1h_tokens, 0) as own_1h_tokens,
        coalesce(own.cache_write_5m_tokens, 0) as own_5m_tokens,
        keys.web_search_requests - coalesce(base.web_search_requests, 0)
        - coalesce(own.web_search_requests, 0) as web_search_requests
    from keys
    inner join stated using (session_id)
    left join own_sums as own using (session_id, state_model)
    left join (select * from bases semi join begun_at_parents using (session_id)) as base
        using (session_id, state_model)
),

unlisted as (
    select
        'unlisted' as part,
        session_id,
        state_model,
        model,
        file_id,
        line_no,
        stated_at,
        coalesce(is_split_known, false) as is_split_known,
        input_tokens::bigint as input_tokens,
        written_5m_tokens::bigint as cache_write_5m_tokens,
        (written_tokens - written_5m_tokens)::bigint as cache_write_1h_tokens,
        cache_read_tokens::bigint as cache_read_tokens,
        output_tokens::bigint as output_tokens,
        web_search_requests::bigint as web_search_requests
    from (
        select
            *,
            case
                when is_split_known then cache_write_5m_tokens
                -- Before 2.1.332 only the sum is stated: most writes live an hour, and those
                -- of one session are alike.
                when own_1h_tokens + own_5m_tokens = 0 then 0
                else round(written_tokens * own_5m_tokens / (own_1h_tokens + own_5m_tokens))
            end as written_5m_tokens
        from differences
    )
),

-- What else a cost-state counts that is not billed to its session.
others as (
    select
        'inherited' as part,
        session_id,
        state_model,
        cache_write_5m_tokens,
        written_tokens,
        input_tokens,
        cache_read_tokens,
        output_tokens,
        web_search_requests
    from bases
    semi join begun_at_parents using (session_id)
    union all
    select
        'refused',
        session_id,
        state_model,
        sum(refused_5m_tokens),
        sum(refused_5m_tokens + refused_1h_tokens),
        sum(refused_input_tokens),
        sum(refused_read_tokens),
        0,
        0
    from matched_rows
    where is_refused and state_model is not null
    group by session_id, state_model
),

final as (
    select * from unlisted
    union all by name
    select
        other.part,
        other.session_id,
        other.state_model,
        unlisted.model,
        unlisted.file_id,
        unlisted.line_no,
        unlisted.stated_at,
        other.cache_write_5m_tokens is not null as is_split_known,
        other.input_tokens::bigint as input_tokens,
        coalesce(other.cache_write_5m_tokens, 0)::bigint as cache_write_5m_tokens,
        (other.written_tokens - coalesce(other.cache_write_5m_tokens, 0))::bigint
            as cache_write_1h_tokens,
        other.cache_read_tokens::bigint as cache_read_tokens,
        other.output_tokens::bigint as output_tokens,
        other.web_search_requests::bigint as web_search_requests
    from others as other
    inner join unlisted using (session_id, state_model)
)

select * from final
