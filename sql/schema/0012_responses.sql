-- responses: one row an API response over the whole history, folded from its usage_lines

create table responses (
    response_id varchar not null,
    source varchar not null,
    is_advisor boolean not null,
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
    is_lower_bound boolean not null,
    file_id bigint not null,
    line_no bigint not null
);

comment on column responses.responded_at is 'The earliest of its lines; session, project, branch, version and agent are that line''s';
comment on column responses.is_lower_bound is 'The counted line has no stop_reason: the file never held the final output count';
comment on column responses.file_id is 'File of the line whose usage counts';
comment on column responses.line_no is 'The line whose usage counts';
