"""What is shown while something takes a while: a bar for an import, names of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

__all__ = ["ImportBar", "MakingDisplay"]

_WORTH_A_BAR_BYTES = 50 * 2**20


class ImportBar:
    """A progress bar on standard error, once there is enough to wait for."""

    def __init__(self, *, is_shown: bool) -> None:
        self.is_shown = is_shown

    def __enter__(self) -> Self:
        if self.is_shown:
            from rich.console import Console
            from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

            columns = ("Importing", BarColumn(), DownloadColumn(), TimeRemainingColumn())
            self.progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self.task = self.progress.add_task("import", visible=False)
            self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_shown:
            self.progress.stop()

    def show(self, done: int, total: int) -> None:
        if self.is_shown and total >= _WORTH_A_BAR_BYTES:
            self.progress.update(self.task, completed=done, total=total, visible=True)


class MakingDisplay:
    """A line on standard error that names what is being made at this moment."""

    def __init__(self, *, is_shown: bool) -> None:
        self.is_shown = is_shown
        self._names: list[str] = []

    def __enter__(self) -> Self:
        if self.is_shown:
            from rich.console import Console

            self._status = Console(stderr=True).status("")
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_shown:
            self._status.stop()

    @contextmanager
    def making(self, name: str) -> Iterator[None]:
        """Name `name` for as long as the block runs, next to what other threads make."""
        self._change(lambda: self._names.append(name))
        try:
            yield
        finally:
            self._change(lambda: self._names.remove(name))

    def _change(self, change: Callable[[], None]) -> None:
        change()
        if self.is_shown:
            from rich.text import Text

            self._status.update(Text(f"Making {', '.join(self._names)}" if self._names else ""))
