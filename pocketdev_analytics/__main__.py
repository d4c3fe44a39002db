"""The command line: `python -m pocketdev_analytics`, and the program of that name."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; a status line at once, without the libraries of other verbs."""
    _open_standard_streams()
    if "statusline" in sys.argv:
        from pocketdev_analytics.live.command import parse_arguments, print_line

        if (request := parse_arguments(sys.argv[1:])) is not None:
            print_line(request)
            return
    from pocketdev_analytics.cli import main as command_line
    from pocketdev_analytics.cli._ending import Ending

    ending = Ending()
    try:
        command_line(obj=ending)
    except SystemExit as end:
        ending.exit(end)
        raise


def _open_standard_streams() -> None:
    """Open what was closed before the program began, to nowhere.

    Otherwise the next opened file, such as the store, would get its number, and receive what a
    library writes to the standard output or error.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number, which is this one
        if getattr(sys, name) is None:
            mode = "w" if number else "r"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


if __name__ == "__main__":
    main()
