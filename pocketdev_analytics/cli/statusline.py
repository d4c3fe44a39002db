"""`statusline`: one line of what is spent, for Claude Code's status line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pocketdev_analytics.live.command import Asked, print_line

if TYPE_CHECKING:
    from pocketdev_analytics.cli._main import Session

__all__ = ["statusline"]


@click.command()
@click.option("--plain", "is_plain", is_flag=True, help="Without colours, as with NO_COLOR=1.")
@click.pass_obj
def statusline(session: Session, *, is_plain: bool) -> None:
    """Print one line of what is spent, for Claude Code's status line.

    It tells what the session, today, the running five-hour window and the month cost, as of
    the last `import` (or of `watch`, which keeps importing); how old that is, where it is ten
    minutes or more. Claude Code writes what it knows of the session to standard input as JSON;
    without it the line tells the rest.

    \b
    In ~/.claude/settings.json:
      "statusLine": {"type": "command", "command": "pocketdev-analytics statusline"}
    """
    print_line(Asked(session.settings.store, is_plain=is_plain))
