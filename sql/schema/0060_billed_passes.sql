-- responses: one row a billed pass over the whole history: a response, a further pass of one, or an unlisted call
--
-- Made again, because a row is no longer a response: `response_count` tells which rows are.
create table billed_passes (
    response_id varchar not null,
    message_key varchar not null,
    kind varchar not null,
    response_count tinyint not null,
    source varchar not null,
    session_id varchar not null,
    project_path varchar,
    git_branch varchar,
    version varchar,
    is_sidechain boolean not null,
    agent_id varchar,
    responded_at timestamptz not null,
    model varchar not null,
    stop_reason varchar,
    input_tokens bigint not null,
    cache_write_5m_tokens bigint not null,
    cache_write_1h_tokens bigint not null,
    cache_read_tokens bigint not null,
    output_tokens bigint not null,
    web_search_requests bigint not null,
    speed varchar,
    service_tier varchar,
    inference_geo varchar,
    recorded_cost_usd decimal(38, 15),
    lower_bound_reason varchar,
    is_lower_bound boolean not null,
    file_id bigint not null,
    line_no bigint not null
);

insert into billed_passes by name
select
    * exclude (is_advisor),
    response_id as message_key,
    if(is_advisor, 'advisor', 'response') as kind,
    1 as response_count,
    if(is_lower_bound, 'no_final_count', null) as lower_bound_reason
from responses;

drop table responses;
alter table billed_passes rename to responses;

comment on column responses.response_id is 'message.id; a further pass has its kind and number after it, another response of the same id #2, #3, …';
comment on column responses.message_key is 'response_id of its lines in usage_lines';
comment on column responses.kind is 'response, advisor, fallback (an attempt that another model answered for), compaction or unlisted';
comment on column responses.response_count is '1: the row counts as a response; 0: a further pass of one, or a call that no line tells of';
comment on column responses.responded_at is 'The earliest of its lines; session, project, branch, version and agent are that line''s';
comment on column responses.lower_bound_reason is 'no_final_count, cut, unknown_usage, unknown_pass or unseen_call; NULL: the counts are exact';
comment on column responses.file_id is 'File of the line whose usage counts';
comment on column responses.line_no is 'The line whose usage counts';
