"""A progress bar for an import that takes a while."""

from __future__ import annotations

from typing import Self

__all__ = ["ImportBar"]

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
