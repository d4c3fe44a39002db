"""`statusline`: live spend in one line, for Claude Code's status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pocketdev_analytics.live.command import StatusRequest, print_line

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session

__all__ = ["statusline"]


@click.command()
@click.option("--plain", "is_plain", is_flag=True, help="Leave out colours, like NO_COLOR=1.")
@click.pass_obj
def statusline(session: Session, *, is_plain: bool) -> None:
    """Print live spend in one line, for Claude Code's status line.

    Shows the cost of the session, today, the current five-hour window and the month, as of the
    last `import` (or `watch`, which imports continuously), and its age from ten minutes on.
    Claude Code passes the session as JSON on standard input; without it the line leaves the
    session out.

    \b
    In ~/.claude/settings.json:
      "statusLine": {"type": "command", "command": "pocketdev-analytics statusline"}
    """
    print_line(StatusRequest(session.settings.store, is_plain=is_plain))
