"""Codex CLI: rollouts below `sessions/` and `archived_sessions/` of its home folder."""

from pocketdev_analytics.agents.codex.agent import CODEX

__all__ = ["CODEX"]
