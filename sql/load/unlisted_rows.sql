-- unlisted_rows: the rows of responses for what no line tells of, for the sessions named in touched_sessions
--
-- One row a model of a cost-state that counts more than the session's lines, and one a call
-- whose usage is nowhere: no tokens, but the session is at least that expensive.
with calls as (
    select
        concat('unlisted/', session_id, '/', state_model) as response_id,
        session_id,
        stated_at as responded_at,
        model,
        greatest(input_tokens, 0) as input_tokens,
        greatest(cache_write_5m_tokens, 0) as cache_write_5m_tokens,
        greatest(cache_write_1h_tokens, 0) as cache_write_1h_tokens,
        greatest(cache_read_tokens, 0) as cache_read_tokens,
        greatest(output_tokens, 0) as output_tokens,
        greatest(web_search_requests, 0) as web_search_requests,
        null as lower_bound_reason,
        file_id,
        line_no
    from session_bills
    where
        part = 'unlisted'
        and session_id in (select session_id from touched_sessions)
        and greatest(
            input_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cache_read_tokens,
            output_tokens, web_search_requests
        ) > 0
    union all
    select
        concat('unseen/', session_id, '/', call_id),
        session_id,
        called_at,
        null,
        0,
        0,
        0,
        0,
        0,
        web_search_requests,
        'unseen_call',
        file_id,
        line_no
    from unseen_calls
    where session_id in (select session_id from touched_sessions)
),

-- Project, branch, version and, where it is not stated, the model are those of the session's
-- last response before, or of its first.
answered as (
    select
        session_id,
        responded_at,
        max_by(model, response_id) as model,
        max_by(project_path, response_id) as project_path,
        max_by(git_branch, response_id) as git_branch,
        max_by(version, response_id) as version
    from responses
    where kind = 'response' and session_id in (select session_id from touched_sessions)
    group by session_id, responded_at
),

first_answers as (
    select session_id, min_by(model, responded_at) as model, min_by(project_path, responded_at) as project_path
    from answered
    group by session_id
),

placed as (
    select
        calls.* exclude (model),
        coalesce(calls.model, before.model, first_answers.model, thread.model) as model,
        coalesce(before.project_path, first_answers.project_path, files.project_path) as project_path,
        before.git_branch,
        before.version
    from calls
    asof left join answered as before
        on before.session_id = calls.session_id and before.responded_at <= calls.responded_at
    left join first_answers on first_answers.session_id = calls.session_id
    left join session_files as files on files.file_id = calls.file_id
    -- A thread without a counted call still names its model, or at least exists.
    left join (
        select file_id, coalesce(arg_max(model, line_no), 'unknown') as model
        from thread_lines
        where file_id in (select file_id from calls)
        group by file_id
    ) as thread on thread.file_id = calls.file_id
),

final as (
    select
        *,
        response_id as message_key,
        'unlisted' as kind,
        0 as response_count,
        'message' as source,
        false as is_sidechain,
        lower_bound_reason is not null as is_lower_bound
    from placed
    where model is not null
)

select * from final
