-- pocketdev_sessions: one row a session of PocketDev's own claude_sessions, as last synced
--
-- What its database says, before what session files say is joined to it.

create table pocketdev_sessions (
    id bigint not null,
    claude_session_id uuid,
    title varchar,
    project_path varchar not null,
    model varchar not null,
    turn_count integer not null,
    status varchar not null,
    streaming_state json,
    last_activity_at timestamp,
    created_at timestamp,
    updated_at timestamp,
    primary key (id)
);

comment on column pocketdev_sessions.id is 'PocketDev''s id, which claude_sessions keeps';
