"""The command line: `python -m pocketdev_analytics`, and the program of that name."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; a status line at once, without the libraries of other verbs."""
    if "statusline" in sys.argv:
        from pocketdev_analytics.live.command import asked, print_line

        if (asking := asked(sys.argv[1:])) is not None:
            print_line(asking)
            return
    from pocketdev_analytics.cli import main as command_line
    from pocketdev_analytics.cli._ending import end_at_once

    try:
        command_line()
    except SystemExit as end:
        end_at_once(end)
        raise


if __name__ == "__main__":
    main()
