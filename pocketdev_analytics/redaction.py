"""Redaction: names replaced by stable hashes. This module alone declares which columns hold names.

Replaced are names given by a person, team or company: projects, folders, files, branches, titles,
machines, MCP servers and their tools, other tools and kinds of subagents than Claude Code's own.
Ids, models, versions, times and numbers stay. docs/teams.md lists the columns.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

import polars as pl

from pocketdev_analytics.exceptions import ConfigurationError
from pocketdev_analytics.files.regular import read_regular_text
from pocketdev_analytics.model.history import History
from pocketdev_analytics.model.paths import canonical_path

__all__ = ["Redaction", "redact", "salt_path", "store_redaction"]

_SALT_BYTES: Final = 32
_DIGEST_BYTES: Final = 6
_PROJECT: Final = "project"
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Kinds of subagents that come with Claude Code.
_AGENT_TYPES: Final = frozenset(
    {
        *("general-purpose", "Explore", "Plan", "statusline-setup", "output-style-setup"),
        *("claude-code-guide", "workflow-subagent"),
        *("compact", "prompt_suggestion", "side_question"),
    }
)
#: Tools of Claude Code, of this or an earlier version; any other name, except for
#: `mcp__server__tool`, was given by a person.
_TOOLS: Final = frozenset(
    {
        *("advisor", "Agent", "AgentOutputTool", "AskUserQuestion", "Bash", "BashOutput"),
        *("Brief", "code_execution", "Config", "CronCreate", "CronDelete", "CronList", "Edit"),
        *("EnterPlanMode", "EnterWorktree", "exit_plan_mode", "ExitPlanMode", "ExitWorktree"),
        *("Glob", "Grep", "KillBash", "KillShell", "ListMcpResourcesTool", "LS", "LSP"),
        *("Monitor", "MultiEdit", "NotebookEdit", "NotebookRead", "PowerShell", "Read"),
        *("ReadMcpResourceTool", "RemoteTrigger", "REPL", "SendMessage", "Skill"),
        *("SlashCommand", "Sleep", "StructuredOutput", "Task", "TaskCreate", "TaskGet"),
        *("TaskList", "TaskOutput", "TaskStop", "TaskUpdate", "TeamCreate", "TeamDelete"),
        *("TodoRead", "TodoWrite", "ToolSearch", "web_fetch", "web_search", "WebFetch"),
        *("WebSearch", "Write"),
    }
)
#: Placeholders for a missing name.
_NO_NAMES: Final = frozenset({"", "(none)", "unknown"})


def _never(_value: str) -> bool:
    return False


#: By column: the prefix of a hash, and which values are not names.
_NAMES: Final[dict[str, tuple[str, Callable[[str], bool]]]] = {
    "project": (_PROJECT, _never),
    "project_path": (_PROJECT, _never),
    "folder": (_PROJECT, _never),
    "path": ("file", _never),
    "file": ("file", _never),
    "git_branch": ("branch", _never),
    "branch": ("branch", _never),
    "session_title": ("title", _never),
    "title": ("title", _never),
    "machine": ("machine", _never),
    "mcp_server": ("mcp", _never),
    "queue": ("queue", _never),
    "name": ("name", _never),
    "agent_type": ("agent", _AGENT_TYPES.__contains__),
    "agent_id": ("agent", _never),
    "agent_name": ("agent", _never),
    "attribution_agent": ("agent", _AGENT_TYPES.__contains__),
    "attribution_mcp_server": ("mcp", _never),
    "attribution_plugin": ("plugin", _never),
    "attribution_skill": ("skill", _never),
    "plugin": ("plugin", _never),
    "skill": ("skill", _never),
    "team": ("team", _never),
    "command": ("command", _never),
    "original_branch": ("branch", _never),
    "original_path": (_PROJECT, _never),
    "repository": ("repository", _never),
    "team_name": ("team", _never),
    "url": ("url", _never),
    "workspace": ("workspace", _never),
    "pocketdev_agent": ("agent", _never),
    "screen": ("screen", _never),
    "working_directory": (_PROJECT, _never),
    "worktree_branch": ("branch", _never),
    "worktree_path": (_PROJECT, _never),
    **dict.fromkeys(
        (
            *("session", "session_id", "line_session_id", "request_session_id"),
            *("forked_from_session_id", "thread_id", "parent_thread_id"),
        ),
        ("session", lambda value: bool(_UUID.fullmatch(value))),
    ),
}


@dataclass(frozen=True, slots=True)
class Redaction:
    """Salted hashes of names: a name has the same hash in every export of a store.

    Without the salt, names cannot be guessed and checked.
    """

    salt: bytes

    def token(self, kind: str, value: str) -> str:
        """Return the hash of a name, such as `project-3f9a2c7b1d04`."""
        return f"{kind}-{self._digest(kind, value, _DIGEST_BYTES).hex()}"

    def number(self, value: int) -> int:
        """Return the hash of a key that is derived from names: 63 bits, as the store's keys."""
        return int.from_bytes(self._digest("key", str(value), 8)) >> 1

    def frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the frame with the names in its columns replaced."""
        return frame.with_columns(self.columns(frame.columns))

    def columns(self, names: Sequence[str]) -> list[pl.Expr]:
        """Return expressions that replace the names, for those columns that hold some."""
        named = [name for name in names if name in _NAMES or name == "tool"]
        return [self._replace(name) for name in named]

    def _replace(self, name: str) -> pl.Expr:
        def each(values: pl.Series) -> pl.Series:
            texts = values.cast(pl.String)
            known = texts.drop_nulls().unique().to_list()
            return texts.replace_strict(
                known, [self.value(name, value) for value in known], return_dtype=pl.String
            )

        return pl.col(name).map_batches(each, return_dtype=pl.String)

    def value(self, column: str, value: str) -> str:
        """Return the replacement of a value of a column that holds names."""
        if column == "tool":
            return self._tool(value)
        kind, is_no_name = _NAMES[column]
        if value in _NO_NAMES or is_no_name(value):
            return value
        return self.token(kind, canonical_path(value) if kind == _PROJECT else value)

    def _tool(self, name: str) -> str:
        if not name.startswith("mcp__"):
            return name if name in _TOOLS | _NO_NAMES else self.token("tool", name)
        _, server, *tool = name.split("__", 2)
        return "__".join(["mcp", self.token("mcp", server), *(self.token("tool", t) for t in tool)])

    def _digest(self, kind: str, value: str, size: int) -> bytes:
        text = f"{kind}\0{value}".encode(errors="surrogateescape")
        return blake2b(text, key=self.salt, digest_size=size).digest()


def redact(history: History, redaction: Redaction) -> History:
    """Return the history with every name in every frame replaced."""
    frames = {
        name: frame.with_columns(redaction.columns(frame.collect_schema().names()))
        for name, frame in history.frames().items()
    }
    return History(**frames)


def salt_path(store: Path) -> Path:
    """Return the path of the salt of a store."""
    return store.with_name(f"{store.name}.salt")


def store_redaction(store: Path) -> Redaction:
    """Return the redaction of this store; create its salt if there is none, for its owner alone.

    Raises:
        ConfigurationError: the store does not exist, or the salt cannot be read or created.
    """
    path = salt_path(store)
    if not store.exists():
        raise ConfigurationError(
            f"there is no store at {store}; run `pocketdev-analytics import` first"
        )
    try:
        if not path.exists():
            _make(path)
        salt = bytes.fromhex(read_regular_text(path, "ascii").strip())
    except OSError as error:
        raise ConfigurationError(
            f"cannot keep the salt of hashes in {path}: {error.strerror}; make its folder writable"
        ) from None
    except ValueError:
        salt = b""
    if len(salt) != _SALT_BYTES:
        raise ConfigurationError(
            f"{path} is not a salt; restore its backup, or delete it to get new hashes"
        )
    return Redaction(salt)


def _make(path: Path) -> None:
    # Linked into place once it is complete: if two processes create it, the first wins.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_hex(_SALT_BYTES)}\n")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
