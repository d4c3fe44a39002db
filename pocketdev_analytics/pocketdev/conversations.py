"""PocketDev's conversations and the token counts of their messages, for any age of its schema.

Conversations came on 2025-12-04 and replaced `claude_sessions` on 2025-12-12. A conversation is
joined to a session file by the id of its last CLI session: `provider_session_id` since
2026-02-12, before that `claude_session_id` or `codex_session_id`. Agents, workspaces and screens
are joined here, in PostgreSQL, as far as the database has them.

The text of messages (`messages.content`) is never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from pocketdev_analytics.model import COST_USD, Schema
from pocketdev_analytics.pocketdev.catalogue import Catalogue
from pocketdev_analytics.pocketdev.database import Snapshot

__all__ = ["CONVERSATIONS", "MESSAGES", "MESSAGE_STATES", "ConversationReader"]

_TIME: Final = pl.Datetime("us")
#: One row a conversation. `provider` is PocketDev's `provider_type`; times are UTC without a zone.
CONVERSATIONS: Final[Schema] = {
    "id": pl.Int64,
    "conversation_uuid": pl.String,
    "provider": pl.String,
    "model": pl.String,
    "title": pl.String,
    "working_directory": pl.String,
    "status": pl.String,
    "provider_session_id": pl.String,
    "pocketdev_agent": pl.String,
    "workspace": pl.String,
    "screen": pl.String,
    "context_tokens": pl.Int64,
    "context_window_tokens": pl.Int64,
    "last_activity_at": _TIME,
    "created_at": _TIME,
    "updated_at": _TIME,
    "deleted_at": _TIME,
}
#: One row a message that has a number. Token counts are PocketDev's own (see docs/pocketdev.md).
MESSAGES: Final[Schema] = {
    "id": pl.Int64,
    "conversation_id": pl.Int64,
    "model": pl.String,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "cache_creation_tokens": pl.Int64,
    "cache_read_tokens": pl.Int64,
    "cost_usd": COST_USD,
    "stop_reason": pl.String,
    "turn_number": pl.Int64,
    "sequence": pl.Int64,
    "created_at": _TIME,
}
#: One row a conversation whose messages have numbers; `state` changes when one of them does.
MESSAGE_STATES: Final[Schema] = {
    "conversation_id": pl.Int64,
    "count_messages": pl.Int64,
    "state": pl.String,
}
_NUMBERS: Final = (
    *("input_tokens", "output_tokens", "cache_creation_tokens", "cache_read_tokens"),
    "cost",
)
# hash_record_extended, and bit_xor as an aggregate, came with PostgreSQL 14.
_RECORD_HASHES: Final = 140_000
_CALENDAR: Final = "between timestamp '0001-01-01' and timestamp '9999-12-31 23:59:59.999999'"
_SESSION_IDS: Final = {"claude_code": "claude_session_id", "codex": "codex_session_id"}


class ConversationReader:
    """Reads conversations and messages of one snapshot, by the columns that are there."""

    def __init__(self, snapshot: Snapshot, catalogue: Catalogue) -> None:
        self._snapshot, self._catalogue = snapshot, catalogue

    def conversations(self) -> pl.DataFrame:
        """Return every conversation, deleted ones included.

        Raises:
            ReadError: the database refused the query.
        """
        columns = [
            f"{self._key('conversations', 'id')} as id",
            f"{self._uuid()} as conversation_uuid",
            f"{self._text('conversations', 'provider_type')} as provider",
            *(f"{self._text('conversations', name)} as {name}" for name in ("model", "title")),
            f"{self._text('conversations', 'working_directory')} as working_directory",
            f"{self._text('conversations', 'status')} as status",
            f"{self._session_id()} as provider_session_id",
            *self._joined_names(),
            f"{self._whole('last_context_tokens')} as context_tokens",
            f"{self._whole('context_window_size')} as context_window_tokens",
            *(
                f"{self._time('conversations', name)} as {name}"
                for name in ("last_activity_at", "created_at", "updated_at", "deleted_at")
            ),
        ]
        query = f"select {', '.join(columns)} from conversations c {self._joins()}"
        return self._snapshot.read(query).select(
            pl.col(name).cast(dtype) for name, dtype in CONVERSATIONS.items()
        )

    def message_states(self) -> pl.DataFrame:
        """Return the state of each conversation's numbers, computed by the database.

        Raises:
            ReadError: the database refused the query.
        """
        version = self._snapshot.read("select current_setting('server_version_num')::int as v")
        query = (
            f"select {self._key('messages', 'conversation_id')} as conversation_id, "
            "count(*) as count_messages, "
            f"{self._state(has_record_hashes=version['v'][0] >= _RECORD_HASHES)}::text as state "
            f"from messages m where {self._has_numbers()} group by 1"
        )
        return self._snapshot.read(query).select(
            pl.col(name).cast(dtype) for name, dtype in MESSAGE_STATES.items()
        )

    def messages(self, conversations: Sequence[int] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the messages that have numbers, in batches; of these conversations if given.

        Raises:
            ReadError: the database refused the query.
        """
        of = ""
        if conversations is not None:
            ids = ",".join(map(str, conversations))
            of = f"and {self._key('messages', 'conversation_id')} = any('{{{ids}}}'::bigint[])"
        query = (
            f"select {', '.join(self._message_columns(as_text=False))} "
            f"from messages m where {self._has_numbers()} {of}"
        )
        for batch in self._snapshot.stream(query):
            yield batch.select(pl.col(name).cast(dtype) for name, dtype in MESSAGES.items())

    def _state(self, *, has_record_hashes: bool) -> str:
        """A number that changes with any of a conversation's messages."""
        if has_record_hashes:  # a third of the time
            row = ", ".join(self._message_columns(as_text=False, is_named=False))
            return f"bit_xor(hash_record_extended(row({row}), 0))"
        row = ", ".join(self._message_columns(as_text=True))
        return f"sum(hashtextextended(concat_ws('|', {row}), 0)::numeric)"

    def _message_columns(self, *, as_text: bool, is_named: bool = True) -> list[str]:
        there = self._catalogue.tables["messages"]
        columns = []
        for name, dtype in MESSAGES.items():
            source = "cost" if name == "cost_usd" else name
            if name in {"id", "conversation_id"}:
                expression = self._key("messages", name)
            elif dtype == _TIME:
                expression = self._time("messages", source)
            else:
                kind = "bigint" if dtype == pl.Int64 else "text"
                expression = f"m.{source}::{kind}" if source in there else f"null::{kind}"
            text = f"coalesce(({expression})::text, '')" if as_text else expression
            columns.append(f"{text} as {name}" if is_named and not as_text else text)
        return columns

    def _has_numbers(self) -> str:
        there = self._catalogue.tables["messages"]
        known = [f"m.{name} is not null" for name in _NUMBERS if name in there]
        return f"({' or '.join(known)})" if known else "false"

    def _session_id(self) -> str:
        """The session file's id: one column since 2026-02-12, before that one a provider."""
        there = self._catalogue.tables["conversations"]
        if "provider_session_id" in there:
            return "nullif(c.provider_session_id::text, '')"
        cases = [
            f"when c.provider_type = '{provider}' then nullif(c.{name}::text, '')"
            for provider, name in _SESSION_IDS.items()
            if name in there
        ]
        return f"case {' '.join(cases)} end" if cases else "null::text"

    def _joined_names(self) -> list[str]:
        named = {"pocketdev_agent": ("agents", "a"), "workspace": ("workspaces", "w")}
        names = [
            f"{short}.name::text as {name}" if self._is_joined(table) else f"null::text as {name}"
            for name, (table, short) in named.items()
        ]
        screen = "s.name::text" if self._has_screens() else "null::text"
        return [*names, f"{screen} as screen"]

    def _joins(self) -> str:
        joins = [
            f"left join {table} {short} on {short}.id::text = c.{key}::text"
            for table, short, key in (
                ("agents", "a", "agent_id"),
                ("workspaces", "w", "workspace_id"),
            )
            if self._is_joined(table)
        ]
        if self._has_screens():
            # A conversation may be open on several screens: the name of the first counts.
            joins.append(
                "left join (select screens.conversation_id as of, min(grouped.name::text) as name "
                "from screens join pocketdev_sessions grouped "
                "on grouped.id::text = screens.session_id::text "
                "where screens.conversation_id is not null group by 1) s on s.of::text = c.id::text"
            )
        return " ".join(joins)

    def _is_joined(self, table: str) -> bool:
        key = {"agents": "agent_id", "workspaces": "workspace_id"}[table]
        return (
            self._catalogue.has("conversations", key)
            and self._catalogue.has(table, "id", "name")
            and table not in self._catalogue.unreadable
        )

    def _has_screens(self) -> bool:
        return (
            self._catalogue.has("screens", "conversation_id", "session_id")
            and self._catalogue.has("pocketdev_sessions", "id", "name")
            and self._catalogue.unreadable.isdisjoint({"screens", "pocketdev_sessions"})
        )

    def _uuid(self) -> str:
        """The UUID of a conversation: a column of its own, or its id."""
        is_id = self._catalogue.tables["conversations"]["id"].type_name == "uuid"
        return "c.id::text" if is_id else self._text("conversations", "uuid")

    def _key(self, table: str, name: str) -> str:
        """A key as a whole number; of a key of another type, such as a UUID, its hash."""
        if self._catalogue.tables[table][name].type_name in {"int2", "int4", "int8"}:
            return f"{table[0]}.{name}::bigint"
        return f"hashtextextended({table[0]}.{name}::text, 0)"

    def _text(self, table: str, name: str) -> str:
        return f"c.{name}::text" if self._catalogue.has(table, name) else "null::text"

    def _whole(self, name: str) -> str:
        there = self._catalogue.has("conversations", name)
        return f"c.{name}::bigint" if there else "null::bigint"

    def _time(self, table: str, name: str) -> str:
        """A time in UTC, as the application means its times without a zone; NULL out of range."""
        found = self._catalogue.tables[table].get(name)
        if found is None:
            return "null::timestamp"
        zone = " at time zone 'UTC'" if found.type_name == "timestamptz" else ""
        time = f"({table[0]}.{name}{zone})"
        return f"case when {time} {_CALENDAR} then {time} end"
