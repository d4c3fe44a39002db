"""The agents that are known: each folder of this package, and what other packages add."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pocketdev_analytics.agents.agent import Agent
from pocketdev_analytics.agents.claude import CLAUDE
from pocketdev_analytics.files.regular import open_regular

__all__ = [
    "agents",
    "config_dirs",
    "find_agent",
    "history_dirs",
    "history_in",
    "identify",
    "suffixes",
]

#: Enough of a file to tell whose it is.
_HEAD_BYTES: Final = 4096


def agents() -> tuple[Agent, ...]:
    """Return every known agent; the last one owns what no other recognises."""
    return (CLAUDE,)


def find_agent(name: str | None) -> Agent:
    """Return the agent of a name; files of no known agent are read as Claude Code's."""
    return next((agent for agent in agents() if agent.name == name), CLAUDE)


def identify(path: str) -> Agent:
    """Return the agent that a file is of: the first that recognises it.

    Raises:
        OSError: the file cannot be read.
    """
    *others, fallback = agents()
    if not others:
        return fallback
    with open_regular(path) as file:
        head = file.read(_HEAD_BYTES)
    return next((agent for agent in others if agent.is_own(path, head)), fallback)


def suffixes() -> tuple[str, ...]:
    """Return how the names of session files end, of whichever agent."""
    return tuple(dict.fromkeys(suffix for agent in agents() for suffix in agent.suffixes))


def config_dirs(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the config folders of every agent, from the environment or by default."""
    return [folder for agent in agents() for folder in agent.config_dirs(environ)]


def history_dirs(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the config folders that hold history of any agent."""
    return [folder for folder in config_dirs(environ) if history_in(folder)]


def history_in(folder: Path) -> list[Path]:
    """Return the folders and files with history in a config folder, of whichever agents."""
    return [place for agent in agents() for place in agent.history_in(folder)]
