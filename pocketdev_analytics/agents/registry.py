"""The agents that are known: each folder of this package, and what other packages add.

A package adds an agent by an entry point of the group `pocketdev_analytics.agents` that names an
`Agent`. One that cannot be loaded, or fails later, costs nothing but its own files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from pocketdev_analytics.agents.agent import Agent
from pocketdev_analytics.agents.claude import CLAUDE
from pocketdev_analytics.agents.codex import CODEX
from pocketdev_analytics.agents.compressed import open_history

__all__ = [
    "GROUP",
    "agents",
    "broken_agents",
    "config_dirs",
    "find_agent",
    "history_dirs",
    "history_in",
    "identify",
    "is_known",
    "suffixes",
]

#: The group of entry points by which packages add agents.
GROUP: Final = "pocketdev_analytics.agents"
#: Enough of a file to tell whose it is.
_HEAD_BYTES: Final = 4096
_OWN: Final = (CODEX, CLAUDE)


def agents() -> tuple[Agent, ...]:
    """Return every known agent; the last one owns what no other recognises."""
    return (*_added()[0], *_OWN)


def broken_agents() -> dict[str, str]:
    """Return why agents of other packages cannot be used, by the names of their entry points."""
    return dict(_added()[1])


@cache
def _added() -> tuple[tuple[Agent, ...], dict[str, str]]:
    added: dict[str, Agent] = {}
    broken: dict[str, str] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            agent = entry.load()
        except Exception as error:  # noqa: BLE001 - of another package
            broken[entry.name] = f"cannot be loaded: {type(error).__name__}"
            continue
        if not isinstance(agent, Agent):
            broken[entry.name] = f"{entry.value} is not an Agent"
        elif agent.name in {*added, *(own.name for own in _OWN)}:
            broken[entry.name] = f"there is an agent {agent.name!r} already"
        else:
            added[agent.name] = agent
    return tuple(added.values()), broken


def is_known(name: str) -> bool:
    """Return whether there is an agent of this name."""
    return any(agent.name == name for agent in agents())


def find_agent(name: str) -> Agent:
    """Return the agent of a name.

    Raises:
        LookupError: there is none.
    """
    for agent in agents():
        if agent.name == name:
            return agent
    raise LookupError(f"unknown agent {name!r}; expected one of: {', '.join(_names())}")


def identify(path: str) -> Agent:
    """Return the agent that a file is of: the first that recognises it.

    Raises:
        OSError: the file cannot be read.
    """
    *others, fallback = agents()
    with open_history(path) as file:
        head = file.read(_HEAD_BYTES)
    return next((agent for agent in others if _is_own(agent, path, head)), fallback)


def suffixes() -> tuple[str, ...]:
    """Return how the names of session files end, of whichever agent."""
    return tuple(dict.fromkeys(suffix for agent in agents() for suffix in agent.suffixes))


def config_dirs(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the config folders of every agent, from the environment or by default."""
    folders: list[Path] = []
    for agent in reversed(agents()):
        try:
            folders += agent.config_dirs(environ)
        except Exception:  # noqa: BLE001, S112 - of another package
            continue
    return folders


def history_dirs(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the config folders that hold history of any agent."""
    return [folder for folder in config_dirs(environ) if history_in(folder)]


def history_in(folder: Path) -> list[Path]:
    """Return the folders and files with history in a config folder, of whichever agents."""
    places: list[Path] = []
    for agent in agents():
        try:
            places += agent.history_in(folder)
        except Exception:  # noqa: BLE001, S112 - of another package
            continue
    return places


def _is_own(agent: Agent, path: str, head: bytes) -> bool:
    try:
        return agent.is_own(path, head)
    except Exception:  # noqa: BLE001 - of another package
        return False


def _names() -> list[str]:
    return [agent.name for agent in agents()]
