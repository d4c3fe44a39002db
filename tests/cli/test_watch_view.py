"""`watch --view`: what is on its screen, and a real terminal before, during and after it."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from pocketdev_analytics.cli._view import screen
from pocketdev_analytics.live.figures import LiveFigures, live_figures
from pocketdev_analytics.live.importing import import_history
from pocketdev_analytics.store import open_store
from tests.agents.claude.by_hand import A, answer, as_bytes, title, write

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MILLION = {"input_tokens": 0, "output_tokens": 1_000_000}  # $15 of claude-sonnet-4-5
ENTER, LEAVE, SHOW_CURSOR = b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25h"


def found(folder: Path, *times: str, words: str = "Weigh parcels") -> LiveFigures:
    lines = [answer(time, time, tokens=MILLION) for time in times]
    write(folder / "projects", A, title("ai-title", words), *lines)
    store = folder / "store.duckdb"
    import_history([folder], store, timezone="UTC")
    with open_store(store) as opened:
        return live_figures(opened, now=NOW, timezone="UTC")


def drawn(now: LiveFigures | None, at: datetime = NOW, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as capture:
        console.print(screen(now, at, imported_at=NOW, width=width))
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


@pytest.fixture
def of_today(tmp_path: Path) -> LiveFigures:
    return found(tmp_path, "2026-11-01 23:10:00", "2026-11-02 08:10:00", "2026-11-02 09:10:00")


def test_the_screen_shows_window_day_month_and_session(of_today: LiveFigures) -> None:
    text = drawn(of_today)
    assert (
        re.sub("━[━╸ ]+", "━ ", text)
        == """\
Live usage                                                   Mon 02 Nov 09:30:00

Window 08:00-13:00 ━ 3 h 30 min left
Projected $135.00 at $30.00 an hour, 33,333 tokens a minute

          cost USD   responses   input   cache writes   cache reads   output
────────────────────────────────────────────────────────────────────────────
window       30.00           2       0              0             0   2.00 M
today        30.00           2       0              0             0   2.00 M
month      ≥ 45.00           3       0              0             0   3.00 M
session    ≥ 45.00           3       0              0             0   3.00 M

Session Weigh parcels  /home/ada/engine
claude-sonnet-4-5, 0 tokens of context, 3 responses

Last import 09:30:00. Ctrl-C ends."""
    )


@pytest.mark.parametrize("width", [40, 58, 80, 120, 200])
def test_it_fits_the_terminal(of_today: LiveFigures, width: int) -> None:
    assert max(map(len, drawn(of_today, width=width).splitlines())) <= width


def test_it_goes_on_by_the_clock(of_today: LiveFigures) -> None:
    later = drawn(of_today, NOW + timedelta(hours=3, minutes=20))
    assert "10 min left" in later
    assert "Projected $35.00" in later


def test_ended_periods_are_shown_as_ended(of_today: LiveFigures) -> None:
    over = drawn(of_today, NOW + timedelta(hours=4))
    assert "No five-hour window is running" in over
    assert re.search(r"window +0\.00 +0 ", over)
    assert re.search(r"today +30\.00 +2 ", over)
    tomorrow = drawn(of_today, NOW + timedelta(days=1))
    assert re.search(r"today +0\.00 +0 ", tomorrow)
    assert re.search(r"month +≥ 45\.00 +3 ", tomorrow)
    assert re.search(r"session +≥ 45\.00 +3 ", drawn(of_today, NOW + timedelta(days=40)))


def test_times_are_those_of_the_time_zone(of_today: LiveFigures) -> None:
    assert "Window 17:00-22:00" in drawn(of_today, NOW.astimezone(ZoneInfo("Asia/Tokyo")))


def test_a_title_cannot_steer_the_terminal(tmp_path: Path) -> None:
    text = drawn(found(tmp_path, "2026-11-02 08:10:00", words="[red]\x1b[2Jx\n" + "y" * 300))
    assert "\x1b" not in text
    assert "Session [red]\N{REPLACEMENT CHARACTER}[2Jx yyy" in text


def test_before_anything_is_known_it_says_so(tmp_path: Path) -> None:
    assert "Importing …" in drawn(None)
    assert "No responses yet." in drawn(found(tmp_path))


class Terminal:
    """What a pseudo-terminal was sent so far."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor, self.sent = descriptor, b""

    def wait_for(self, is_there: Callable[[bytes], object], seconds: float = 60) -> bytes:
        deadline = time.monotonic() + seconds
        while not is_there(self.sent):
            assert time.monotonic() < deadline, self.sent[-2_000:]
            if select.select([self.descriptor], [], [], 0.2)[0]:
                try:
                    self.sent += os.read(self.descriptor, 65_536)
                except OSError:  # its other end is closed
                    assert is_there(self.sent), self.sent[-2_000:]
        return self.sent


@contextmanager
def viewing(folder: Path, **environ: str) -> Iterator[tuple[subprocess.Popen[bytes], Terminal]]:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    program = [sys.executable, "-m", "pocketdev_analytics", "--store", str(folder / "s.duckdb")]
    process = subprocess.Popen(
        [*program, "watch", "--view", str(folder)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", **environ},
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield process, Terminal(ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_terminal_is_drawn_on_and_left_as_it_was(tmp_path: Path, ending: signal.Signals) -> None:
    file = write(tmp_path / "projects", A, title("ai-title", "Weigh parcels"), answer("m1"))
    with viewing(tmp_path) as (process, terminal):
        sent = terminal.wait_for(lambda sent: b"Weigh parcels" in sent)
        assert sent.count(ENTER) == 1
        assert LEAVE not in sent
        with file.open("ab") as opened:
            opened.write(as_bytes(answer("m2", "10:00:05", model="claude-opus-4-8")))
        terminal.wait_for(lambda sent: b"claude-opus-4-8" in sent and b"2 responses" in sent)
        process.send_signal(ending)
        sent = terminal.wait_for(lambda sent: sent.count(LEAVE) == 1)
        assert process.wait(timeout=60) == 0
    assert sent.rindex(SHOW_CURSOR) > sent.rindex(b"Weigh parcels")
    assert b"Traceback" not in sent


def test_an_error_leaves_the_terminal_too(tmp_path: Path) -> None:
    (tmp_path / "s.duckdb").write_bytes(b"no store at all" * 1_000)
    write(tmp_path / "projects", A, answer())
    with viewing(tmp_path) as (process, terminal):
        sent = terminal.wait_for(lambda sent: b"Error: cannot open the store" in sent)
        assert process.wait(timeout=60) == 1
    assert sent.index(LEAVE) < sent.index(b"Error: cannot open the store")


def test_a_terminal_that_cannot_be_drawn_on_gets_lines(tmp_path: Path) -> None:
    write(tmp_path / "projects", A, title("ai-title", "Weigh parcels"), answer("m1"))
    with viewing(tmp_path, TERM="dumb") as (process, terminal):
        sent = terminal.wait_for(lambda sent: b"in 1 response; today" in sent)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert b"\x1b" not in sent


def test_lines_are_printed_if_the_output_is_not_a_terminal(tmp_path: Path) -> None:
    write(tmp_path / "projects", A, title("ai-title", "Weigh parcels"), answer("m1"))
    program = [sys.executable, "-m", "pocketdev_analytics", "--store", str(tmp_path / "s.duckdb")]
    with subprocess.Popen(
        [*program, "watch", "--view", str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert re.search(r"Weigh parcels: ≥ \$0\.\d+ in 1 response; today", line)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()  # one that goes on would keep the test waiting
