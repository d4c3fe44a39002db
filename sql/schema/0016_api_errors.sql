-- api_errors: one row an API error that a session met: a turn that ended with it, or a retry

create table api_errors (
    file_id bigint not null,
    line_no bigint not null,
    session_id varchar not null,
    project_path varchar,
    git_branch varchar,
    version varchar,
    is_sidechain boolean not null,
    agent_id varchar,
    error_id varchar not null,
    occurred_at timestamptz not null,
    kind varchar not null,
    error varchar,
    status bigint,
    retry_attempt bigint
);

comment on column api_errors.error_id is 'uuid of the line';
comment on column api_errors.kind is 'error: the turn ended with it; retry: the request was tried again';
comment on column api_errors.error is 'The error''s code, such as rate_limit; other where it is no code';
comment on column api_errors.status is 'HTTP status, where the line has it';
