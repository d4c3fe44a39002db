"""Claude Code: session files below `projects/` of its config folders."""

from pocketdev_analytics.agents.claude.agent import CLAUDE

__all__ = ["CLAUDE"]
