"""Claude Code as an agent: where its history lies, and what its paths say.

It writes `<config>/projects/<dir>/<session-uuid>.jsonl`, subagents next to them as
`agent-<id>.jsonl` or below in `<session-uuid>/subagents/`. `<dir>` cannot be mapped back to the
project, which is read from the lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from pocketdev_analytics.agents.agent import Agent
from pocketdev_analytics.agents.claude.authors import helper_type
from pocketdev_analytics.agents.claude.decode import DECODER_VERSION, decode
from pocketdev_analytics.agents.origin import COMPANION, AgentMeta, PathIdentity
from pocketdev_analytics.files.regular import read_regular

__all__ = ["CLAUDE"]

#: A deeper nesting of agents is a number that means something else.
_DEEPEST: Final = 10_000
_UUID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)


def config_dirs(environ: Mapping[str, str]) -> list[Path]:
    """Return CLAUDE_CONFIG_DIR (comma-separated), else Claude Code's two default folders."""
    if named := environ.get("CLAUDE_CONFIG_DIR"):
        return [Path(part.strip()).expanduser() for part in named.split(",") if part.strip()]
    home = Path("~").expanduser()
    return [home / ".claude", home / ".config" / "claude"]


def history_in(folder: Path) -> list[Path]:
    """Return the projects folder of a config folder."""
    projects = folder / "projects"
    return [projects] if projects.is_dir() else []


def path_identity(path: str) -> PathIdentity:
    """The session and agent that a path names; None for one that it does not name.

    The session is the file's name if that is a UUID, for a subagent's file the
    UUID of the folder that holds its `subagents/`.
    """
    file = Path(path)
    agent_id = file.stem.removeprefix("agent-") if file.stem.startswith("agent-") else None
    if _UUID.fullmatch(file.stem):
        return PathIdentity(file.stem, None)
    parents = [parent.name for parent in file.parents]
    if "subagents" in parents:
        owner = parents[parents.index("subagents") + 1]
        return PathIdentity(owner if _UUID.fullmatch(owner) else None, agent_id)
    return PathIdentity(None, agent_id)


def read_meta(path: str, agent_id: str | None) -> AgentMeta:
    """Return what a subagent's id and its companion `agent-<id>.meta.json` say of it."""
    if not agent_id:
        return AgentMeta()
    meta = _read_companion(path)
    helper = helper_type(agent_id)
    return meta._replace(agent_type=helper) if helper else meta


def _read_companion(path: str) -> AgentMeta:
    companion = Path(path).with_suffix(COMPANION)
    try:
        meta = msgspec.json.decode(read_regular(companion), type=dict[str, Any])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return AgentMeta()
    depth = meta.get("spawnDepth")
    is_depth = isinstance(depth, int) and not isinstance(depth, bool) and 0 <= depth < _DEEPEST
    return AgentMeta(
        _text(meta.get("agentType")), _text(meta.get("name")), depth if is_depth else None
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def is_own(_path: str, _head: bytes) -> bool:
    """Every JSON Lines file may be Claude Code's: other agents are asked first."""
    return True


CLAUDE: Final = Agent(
    name="claude",
    label="Claude Code",
    decoder_version=DECODER_VERSION,
    vendor="anthropic",
    config_dirs=config_dirs,
    history_in=history_in,
    suffixes=(".jsonl",),
    is_own=is_own,
    path_identity=path_identity,
    read_meta=read_meta,
    decode=decode,
)
