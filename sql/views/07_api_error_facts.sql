-- api_error_facts: one row per API error, refusal or fallback, with the names reports group by
--
-- A refusal is known from a system line, or by the stop reason of the response alone.
create or replace view api_error_facts as
with refusals as (
    select
        event_id,
        session_id,
        project_path,
        git_branch,
        is_sidechain,
        agent_id,
        version,
        occurred_at,
        file_id,
        case kind
            when 'model_fallback' then 'fallback'
            when 'model_refusal_fallback' then 'refusal_fallback'
            else 'refusal'
        end as kind,
        trigger
    from original_session_events
    where kind in ('model_fallback', 'model_refusal_fallback', 'model_refusal_no_fallback')
),

facts as (
    select
        error_id,
        session_id,
        project_path,
        git_branch,
        is_sidechain,
        agent_id,
        version,
        occurred_at,
        file_id,
        kind,
        error,
        status,
        retry_attempt
    from original_api_errors
    union all by name
    select * exclude (event_id, trigger), event_id as error_id, trigger as error
    from refusals
    union all by name
    select
        response_id as error_id,
        session_id,
        project_path,
        git_branch,
        is_sidechain,
        agent_id,
        version,
        responded_at as occurred_at,
        file_id,
        'refusal' as kind
    from responses
    where
        stop_reason = 'refusal'
        and kind = 'response'
        and not exists (
            select 1
            from refusals
            where
                refusals.session_id = responses.session_id
                and abs(epoch(refusals.occurred_at) - epoch(responses.responded_at)) < 60
        )
)

select
    facts.error_id,
    facts.session_id,
    session.title as session_title,
    facts.project_path as project,
    facts.git_branch,
    case when facts.is_sidechain then 'subagent' else 'main' end as agent,
    facts.agent_id,
    agents.agent_type,
    coalesce(files.machine, 'unknown') as machine,
    coalesce(files.product, 'claude') as product,
    facts.version,
    facts.occurred_at,
    facts.kind,
    facts.error,
    facts.status,
    facts.retry_attempt
from facts
left join titled_sessions as session using (session_id)
left join agent_types as agents using (session_id, agent_id)
left join session_files as files on files.file_id = facts.file_id
