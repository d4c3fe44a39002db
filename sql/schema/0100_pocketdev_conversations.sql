-- pocketdev_conversations: one row a conversation of PocketDev, as last synced, deleted ones included
--
-- Since December 2025 conversations take the place of claude_sessions. No text of theirs is kept.

create table pocketdev_conversations (
    id bigint not null,
    conversation_uuid varchar,
    provider varchar,
    model varchar,
    title varchar,
    working_directory varchar,
    status varchar,
    provider_session_id varchar,
    pocketdev_agent varchar,
    workspace varchar,
    screen varchar,
    context_tokens bigint,
    context_window_tokens bigint,
    last_activity_at timestamp,
    created_at timestamp,
    updated_at timestamp,
    deleted_at timestamp,
    primary key (id)
);

comment on column pocketdev_conversations.provider is 'PocketDev''s provider_type: claude_code, codex, anthropic, …';
comment on column pocketdev_conversations.provider_session_id is 'The session file of its last CLI session';
comment on column pocketdev_conversations.deleted_at is 'When it was deleted; PocketDev keeps the row';
