"""The parts of PocketDev's schema that matter here, as each generation has them; DDL of our own."""

from __future__ import annotations

from typing import Final

_LARAVEL: Final = (
    "create table migrations (id serial primary key, migration varchar(255), batch int)",
)
_SESSIONS: Final = (
    "create table claude_sessions (id bigserial primary key, {columns}, title varchar(255), "
    "project_path varchar(255) not null, model varchar(255) not null default 'claude-sonnet-4-5', "
    "turn_count int not null default 0, status varchar(255) not null default 'active', "
    "last_activity_at timestamp(0), created_at timestamp(0), updated_at timestamp(0))"
)
_CONVERSATIONS: Final = (
    "create table conversations (id bigserial primary key, uuid uuid not null unique, "
    "provider_type varchar(50) not null, model varchar(100) not null, title varchar(255), "
    "working_directory varchar(500) not null, total_input_tokens int not null default 0, "
    "status varchar(20) not null default 'idle', last_activity_at timestamp(0), "
    "created_at timestamp(0), updated_at timestamp(0){columns})"
)
_MESSAGES: Final = (
    "create table messages (id bigserial primary key, conversation_id bigint not null, "
    "role varchar(20) not null, content json not null, input_tokens int, output_tokens int, "
    "cache_creation_tokens int, cache_read_tokens int, stop_reason varchar(50), "
    "model varchar(100), sequence int not null, created_at timestamp(0){columns})"
)
_WORKSPACES: Final = (
    "create table workspaces (id uuid, name varchar(255), directory varchar(100), deleted_at date)",
    "create table agents (id uuid, name varchar(255), provider varchar(50), system_prompt text)",
)
_SCREENS: Final = (
    "create table pocketdev_sessions (id uuid primary key, workspace_id uuid, name varchar(255))",
    "create table screens (id uuid, session_id uuid, type varchar(255), conversation_id bigint)",
)
_CLI: Final = ", claude_session_id varchar(255), codex_session_id varchar(255)"
_PLACED: Final = ", agent_id uuid, workspace_id uuid, deleted_at timestamp(0)"
_COST: Final = ", cost numeric(10, 6)"


def _sessions(columns: str) -> str:
    return _SESSIONS.format(columns=columns)


#: The statements that lay out each generation, by the name that `Catalogue.generation` gives it.
GENERATIONS: Final[dict[str, tuple[str, ...]]] = {
    "2025-10-16": (*_LARAVEL, _sessions("messages json, context json")),
    "2025-10-20": (*_LARAVEL, _sessions("claude_session_id uuid unique")),
    "2025-10-25": (
        *_LARAVEL,
        _sessions(
            "claude_session_id uuid unique, process_pid int, "
            "process_status varchar(20) default 'idle', last_message_index int default 0"
        ),
    ),
    "2025-12-04": (
        *_LARAVEL,
        _sessions("claude_session_id uuid unique"),
        _CONVERSATIONS.format(columns=""),
        _MESSAGES.format(columns=""),
    ),
    "2025-12-12": (
        *_LARAVEL,
        _CONVERSATIONS.format(columns=_CLI),
        _MESSAGES.format(columns=_COST),
    ),
    "2026-01": (
        *_LARAVEL,
        *_WORKSPACES,
        _CONVERSATIONS.format(columns=_CLI + _PLACED),
        _MESSAGES.format(columns=_COST + ", turn_number int, agent_id uuid"),
    ),
    "2026-02": (
        *_LARAVEL,
        *_WORKSPACES,
        *_SCREENS,
        _CONVERSATIONS.format(columns=_PLACED + ", provider_session_id varchar(255)"),
        _MESSAGES.format(columns=_COST + ", turn_number int, agent_id uuid"),
    ),
}
