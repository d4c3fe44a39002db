-- sessions: one row per session that session files tell of
--
-- A turn is a prompt of the main thread. A session has failed when an API error ended its last
-- turn, is active while its last prompt has neither a response nor was interrupted, and else has
-- completed that turn.
create or replace view sessions as
with file_spans as (
    select
        session_id,
        min(first_at) as first_at,
        max(last_at) as last_at,
        arg_min(project_path, (agent_id is not null, first_at, path)) as project_path
    from session_files
    where first_at is not null
    group by session_id
),

response_spans as (
    select
        session_id,
        min(responded_at) as first_at,
        max(responded_at) as last_at,
        max(responded_at) filter (not is_sidechain and kind <> 'unlisted') as last_response_at,
        arg_max(model, (not is_sidechain, responded_at, response_id))
            filter (kind = 'response') as model
    from responses
    group by session_id
),

prompt_counts as (
    select session_id, count(*) as count_turns, max(prompted_at) as last_prompt_at
    from original_prompts
    where not is_sidechain and ifnull(kind, 'prompt') = 'prompt'
    group by session_id
),

interruption_spans as (
    select session_id, max(occurred_at) as last_interruption_at
    from original_session_events
    where kind = 'interruption' and not is_sidechain
    group by session_id
),

error_spans as (
    select session_id, max(occurred_at) as last_error_at
    from original_api_errors
    where kind = 'error' and not is_sidechain
    group by session_id
),

final as (
    select
        session_id,
        session_names.title,
        coalesce(file_spans.project_path, '') as project_path,
        response_spans.model,
        coalesce(prompt_counts.count_turns, 0)::integer as count_turns,
        case
            when last_error_at >= coalesce(greatest(last_response_at, last_prompt_at), last_error_at)
                then 'failed'
            when last_prompt_at > coalesce(greatest(last_response_at, last_interruption_at), '-infinity')
                then 'active'
            else 'completed'
        end as status,
        least(file_spans.first_at, response_spans.first_at) as first_at,
        greatest(file_spans.last_at, response_spans.last_at) as last_at
    from file_spans
    full join response_spans using (session_id)
    left join prompt_counts using (session_id)
    left join error_spans using (session_id)
    left join interruption_spans using (session_id)
    left join session_names using (session_id)
)

select * from final
