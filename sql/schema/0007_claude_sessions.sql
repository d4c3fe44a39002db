-- claude_sessions: one row a session; its messages stay in the session files

create sequence claude_sessions_id_seq;

create table claude_sessions (
    id bigint not null default nextval('claude_sessions_id_seq'),
    claude_session_id uuid,
    title varchar,
    project_path varchar not null,
    model varchar not null default 'claude-sonnet-4-5-20250929',
    turn_count integer not null default 0,
    status varchar not null default 'active',
    streaming_state json,
    last_activity_at timestamp,
    created_at timestamp,
    updated_at timestamp,
    primary key (id)
);

create index claude_sessions_status_index on claude_sessions (status);
create index claude_sessions_last_activity_at_index on claude_sessions (last_activity_at);
create index claude_sessions_project_path_index on claude_sessions (project_path);
create unique index claude_sessions_claude_session_id_unique on claude_sessions (claude_session_id);

comment on column claude_sessions.id is 'Primary key';
comment on column claude_sessions.claude_session_id is 'Claude CLI session UUID';
comment on column claude_sessions.title is 'Display name';
comment on column claude_sessions.project_path is 'Working directory';
comment on column claude_sessions.model is 'Model name';
comment on column claude_sessions.turn_count is 'Conversation turns';
comment on column claude_sessions.status is 'active/completed/failed';
comment on column claude_sessions.streaming_state is 'Incomplete stream state (for recovery)';
comment on column claude_sessions.last_activity_at is 'Last interaction time';
comment on column claude_sessions.created_at is 'Created timestamp';
comment on column claude_sessions.updated_at is 'Updated timestamp';
