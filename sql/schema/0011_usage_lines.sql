-- usage_lines: one row a line of a session file that carries usage, and one an advisor's call in it

create table usage_lines (
    file_id bigint not null,
    line_no bigint not null,
    session_id varchar not null,
    project_path varchar,
    git_branch varchar,
    version varchar,
    is_sidechain boolean not null,
    agent_id varchar,
    response_id varchar not null,
    source varchar not null,
    is_advisor boolean not null,
    uuid varchar,
    request_id varchar,
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
    recorded_cost_usd decimal(38, 15)
);

comment on column usage_lines.source is 'message: an assistant line; progress: a message embedded in a progress line';
comment on column usage_lines.response_id is 'message.id; an advisor''s call has /advisor/<n> after it';
comment on column usage_lines.recorded_cost_usd is 'costUSD, where Claude Code wrote it';
