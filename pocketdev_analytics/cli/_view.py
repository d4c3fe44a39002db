"""The view of `watch --view`: a window, a day, a month and a session, as they go on.

Between imports the view goes by the clock alone: time left and projection run on, and what
is over is shown as over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pocketdev_analytics.cli._text import printable, short_count
from pocketdev_analytics.formatting import count_of, format_usd, round_half_up
from pocketdev_analytics.live.figures import LiveFigures, PeriodUsage, amount_of
from pocketdev_analytics.live.line import projected_cost, time_text
from pocketdev_analytics.live.summary import Block
from pocketdev_analytics.model import TOKEN_COLUMNS

__all__ = ["View", "is_drawable", "name_of", "screen"]

_TOKENS: Final = {
    "input": ("input_tokens",),
    "cache writes": ("cache_write_5m_tokens", "cache_write_1h_tokens"),
    "cache reads": ("cache_read_tokens",),
    "output": ("output_tokens",),
}
_ALL_TOKENS: Final = {"tokens": TOKEN_COLUMNS}
_NARROW: Final = 78
_MOST_WORDS: Final = 3


def is_drawable() -> bool:
    """Whether the output is a terminal that can be drawn on."""
    console = Console()
    return console.is_terminal and not console.is_dumb_terminal


class View:
    """A screen of the terminal while it is entered; what was there before comes back."""

    def __init__(self, timezone: str) -> None:
        self.zone = ZoneInfo(timezone)
        self.figures: LiveFigures | None = None
        self.imported_at: datetime | None = None
        self.words: list[str] = []
        self.console = Console()
        self.live = Live(
            console=self.console,
            get_renderable=self._screen,
            screen=True,
            refresh_per_second=2,
        )

    def __enter__(self) -> Self:
        self.live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def show(self, now: LiveFigures) -> None:
        """Show the figures after an import."""
        self.figures, self.imported_at = now, datetime.now(UTC)
        self.words.clear()
        self.live.refresh()

    def say(self, words: str) -> None:
        """Show a problem until the next import."""
        self.words = [*self.words, words][-_MOST_WORDS:]
        self.live.refresh()

    def _screen(self) -> RenderableType:
        now = datetime.now(UTC).astimezone(self.zone)
        return screen(
            self.figures,
            now,
            imported_at=self.imported_at,
            words=self.words,
            width=self.console.width,
        )


def screen(
    figures: LiveFigures | None,
    now: datetime,
    *,
    imported_at: datetime | None = None,
    words: Sequence[str] = (),
    width: int = 80,
) -> RenderableType:
    """Render the screen at the moment `now`; times are in its time zone."""
    parts: list[RenderableType] = [_head(now), ""]
    if figures is None:
        parts.append("Importing …")
    elif figures.session is None:
        parts.append("No responses yet.")
    else:
        parts += [*_window(figures, now), "", _amounts(figures, now, width), "", _session(figures)]
    parts += ["", *(Text(printable(each), "yellow") for each in words)]
    return Group(*parts, _foot(imported_at, now))


def name_of(session: dict[str, Any]) -> str:
    """Return the title of a session, else its project, else its id."""
    return printable(session["session_title"] or session["project"] or session["session_id"])


def _head(now: datetime) -> RenderableType:
    row = Table.grid(expand=True)
    row.add_column()
    row.add_column(justify="right")
    row.add_row(Text("Live usage", "bold"), Text(f"{now:%a %d %b %H:%M:%S}", "dim"))
    return row


def _foot(imported_at: datetime | None, now: datetime) -> RenderableType:
    last = f"Last import {imported_at.astimezone(now.tzinfo):%H:%M:%S}. " if imported_at else ""
    return Text(f"{last}Ctrl-C ends.", "dim")


def _window(figures: LiveFigures, now: datetime) -> Iterator[RenderableType]:
    block, used = figures.block, figures.window
    if block is None or used is None or now >= block.ends_at:
        yield Text("No five-hour window is running: the next response begins one.")
        return
    start, end = (each.astimezone(now.tzinfo) for each in (block.started_at, block.ends_at))
    gone = max(0.0, min(1.0, (now - start) / (end - start)))
    line = Table.grid(expand=True, padding=(0, 1, 0, 0))
    line.add_column(no_wrap=True)
    line.add_column(ratio=1)
    line.add_column(no_wrap=True)
    bar = ProgressBar(total=1.0, completed=gone, complete_style="cyan", finished_style="cyan")
    title = Text.assemble(("Window ", "bold"), f"{start:%H:%M}-{end:%H:%M}")
    line.add_row(title, bar, f"{time_text(end - now)} left")
    yield line
    yield _heading(block, used, now)


def _heading(block: Block, used: PeriodUsage, now: datetime) -> Text:
    """The projected cost of the window, and its rates."""
    projected, hourly = projected_cost(block, now), used.row["hourly_cost_usd"]
    if projected is None or hourly is None:
        return Text("Too little usage for a projection.", "dim")
    is_at_least = block.amount.is_at_least
    return Text.assemble(
        "Projected ",
        (format_usd(projected, is_at_least=is_at_least), "bold"),
        f" at {format_usd(hourly, is_at_least=is_at_least)} an hour,",
        f" {round_half_up(used.row['tokens_per_minute'], 0):,f} tokens a minute",
    )


def _amounts(figures: LiveFigures, now: datetime, width: int) -> RenderableType:
    tokens = _TOKENS if width >= _NARROW else _ALL_TOKENS
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    for name in ("cost USD", "responses", *tokens):
        table.add_column(name, justify="right", no_wrap=True)
    for name, row in _rows(figures, now):
        amount = amount_of(row)
        cost = format_usd(amount.cost_usd, is_at_least=amount.is_at_least, sign="")
        counts = (sum(row[column] for column in columns) for columns in tokens.values())
        table.add_row(name, Text(cost, "bold"), f"{row['responses']:,}", *map(short_count, counts))
    return table


def _rows(figures: LiveFigures, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows with their names; a period that has ended since is empty."""
    for name, used in (
        ("window", figures.window),
        ("today", figures.today),
        ("month", figures.month),
    ):
        if used is not None:
            yield name, used.row if now < used.ends_at else _nothing(used.row)
    if figures.session:
        yield "session", figures.session


def _nothing(row: dict[str, Any]) -> dict[str, Any]:
    return {name: 0 if isinstance(value, int) else None for name, value in row.items()} | {
        "cost_usd": row["cost_usd"] and row["cost_usd"] * 0
    }


def _session(figures: LiveFigures) -> RenderableType:
    session = figures.session or {}
    context = f"{short_count(session['prompt_tokens'])} tokens of context"
    facts = [session["model"] or "no model named", context]
    facts.append(count_of(session["responses"], "response"))
    title = Text.assemble(("Session ", "bold"), name_of(session), no_wrap=True, overflow="ellipsis")
    if session["session_title"] and session["project"]:
        title.append(f"  {printable(session['project'])}", "dim")
    return Group(title, Text(printable(", ".join(facts)), "dim"))
