-- session_events: one row a system line that measures a session

create table session_events (
    file_id bigint not null,
    line_no bigint not null,
    session_id varchar not null,
    project_path varchar,
    git_branch varchar,
    version varchar,
    is_sidechain boolean not null,
    agent_id varchar,
    event_id varchar not null,
    occurred_at timestamptz not null,
    kind varchar not null,
    duration_ms bigint,
    trigger varchar,
    pre_tokens bigint
);

comment on column session_events.kind is 'turn_duration, compact_boundary or stop_hook_summary';
comment on column session_events.pre_tokens is 'Context size before a compaction';
