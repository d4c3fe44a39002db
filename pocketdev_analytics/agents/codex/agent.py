"""Codex CLI as an agent: where its history lies, and whose thread a file is.

It writes `<home>/sessions/YYYY/MM/DD/rollout-<local time>-<thread>.jsonl`, moves archived ones
flat into `archived_sessions/` and may compress old ones to `.jsonl.zst` in place. The names of
threads are in `session_index.jsonl`. Other files of the home folder may hold secrets or
prompts and are never opened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from pocketdev_analytics.agents.agent import Agent
from pocketdev_analytics.agents.codex.decode import DECODER_VERSION, decode, source_kind
from pocketdev_analytics.agents.codex.lines import Line
from pocketdev_analytics.agents.compressed import open_history
from pocketdev_analytics.agents.origin import AgentMeta, PathIdentity

__all__ = ["CODEX"]

_INDEX: Final = "session_index.jsonl"
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ROLLOUT: Final = re.compile(rf"rollout-\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\d-({_UUID})(?:_{_UUID})?")
_YEAR: Final = re.compile(r"\d{4}")
#: The first line holds the instructions of the model, some 17 kB.
_FIRST_LINE_BYTES: Final = 2**20
_BEGINS: Final = re.compile(
    rb'\s*\{\s*(?:"timestamp":"[^"]*",\s*)?(?:"ordinal":\d+,\s*)?"type":"session_meta"'
    rb'|\s*\{"id":"[0-9a-f-]{36}","timestamp":"[^"]*","instructions":'
    rb'|\s*\{"id":"[0-9a-f-]{36}","thread_name":'
)


def config_dirs(environ: Mapping[str, str]) -> list[Path]:
    """Return CODEX_HOME, else `~/.codex`."""
    return [Path(environ.get("CODEX_HOME") or "~/.codex").expanduser()]


def history_in(folder: Path) -> list[Path]:
    """Return the folders of sessions and the index of their names."""
    sessions, archived = folder / "sessions", folder / "archived_sessions"
    is_home = any(_YEAR.fullmatch(path.name) for path in _listed(sessions)) or any(
        _ROLLOUT.match(path.name) for path in _listed(archived)
    )
    if not is_home:
        return []
    places = [place for place in (sessions, archived) if place.is_dir()]
    index = folder / _INDEX
    return [*places, index] if index.is_file() else places


def is_own(path: str, head: bytes) -> bool:
    """Whether a file is a rollout or the index of names, by its name or its first bytes."""
    name = Path(path).name
    return name == _INDEX or bool(_ROLLOUT.match(name)) or bool(_BEGINS.match(head))


def path_identity(path: str) -> PathIdentity:
    """The session that a rollout is of, and its own thread if that is a subagent.

    Both are read from the file's first line; the name alone says the thread where that line
    cannot be read. A subagent's session is its root thread, as far as the line tells.
    """
    named = _ROLLOUT.match(Path(path).name)
    thread = named[1] if named else None
    line = _first_line(path)
    meta = line.payload or line if line else None
    if line is None or meta is None or line.thread_name:
        return PathIdentity(thread)
    if line.type not in ("session_meta", None):
        return PathIdentity(thread)
    thread = meta.id or thread
    parent = meta.parent_thread_id or _spawned_by(meta.source)
    is_subagent = parent is not None or bytes(memoryview(meta.source)[:1]) == b"{"
    if not is_subagent:
        return PathIdentity(thread)
    root = meta.session_id if meta.session_id != thread else None
    return PathIdentity(root or parent or thread, thread)


def read_meta(path: str, agent_id: str | None) -> AgentMeta:
    """Return what the first line of a subagent's rollout says of it."""
    line = _first_line(path) if agent_id else None
    meta = line.payload if line else None
    if meta is None:
        return AgentMeta()
    spawn = _subagent(meta.source)
    role = spawn.get("agent_role")
    depth = spawn.get("depth")
    name = spawn.get("agent_nickname")
    return AgentMeta(
        role if isinstance(role, str) and role else source_kind(meta.source),
        name if isinstance(name, str) and name else None,
        depth if isinstance(depth, int) and 0 <= depth < _DEEPEST else None,
    )


_DEEPEST: Final = 10_000


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _first_line(path: str) -> Line | None:
    try:
        with open_history(path) as file:
            return msgspec.json.decode(file.readline(_FIRST_LINE_BYTES), type=Line)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _subagent(source: msgspec.Raw) -> dict[str, object]:
    try:
        stated = msgspec.json.decode(source)
        spawn = stated["subagent"]["thread_spawn"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return {}
    return spawn if isinstance(spawn, dict) else {}


def _spawned_by(source: msgspec.Raw) -> str | None:
    parent = _subagent(source).get("parent_thread_id")
    return parent if isinstance(parent, str) else None


CODEX: Final = Agent(
    name="codex",
    label="Codex",
    decoder_version=DECODER_VERSION,
    vendor="openai",
    config_dirs=config_dirs,
    history_in=history_in,
    suffixes=(".jsonl", ".jsonl.zst"),
    is_own=is_own,
    path_identity=path_identity,
    read_meta=read_meta,
    decode=decode,
)
