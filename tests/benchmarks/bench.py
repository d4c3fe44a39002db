"""Benchmark of whole processes: import and reports, side by side with ccusage.

    python tests/benchmarks/bench.py [--size 1GiB …] [--corpus DIR] [--keep DIR] [--runs N]

Builds histories with the size profile of a real one (kept in DIR with --keep,
and used again), or takes the history in --corpus, and runs each command in turn,
N times round. ccusage is the program in $CCUSAGE or on the PATH; without it the
table has no ratios. The limits are those the project sets itself.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from history import build_file, build_history  # noqa: E402
from measure import Measure, run  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from pocketdev_analytics.sample import Ids, SessionWriter, Tokens, text  # noqa: E402

_PROGRAM: Final = (sys.executable, "-m", "pocketdev_analytics")
_CCUSAGE: Final = "ccusage"
_COLD: Final = "import, cold"
#: Rows of the table: the command, and how much of ccusage's wall time it may take.
_COMMANDS: Final[Mapping[str, tuple[tuple[str, ...], float | None]]] = {
    _COLD: (("import", "--format", "json"), 2.0),
    "import, nothing new": (("import", "--format", "json"), 0.35),
    "import, one file appended": (("import", "--format", "json"), 0.35),
    "report cost": (("report", "cost", "--by", "day", "--format", "json"), 0.5),
    "report activity": (("report", "activity", "--format", "json"), None),
}
_UNITS: Final = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
_MEMORY_LIMIT_MIB: Final = 700


class Bench:
    """One history, the store it goes into, and the measurements by command."""

    def __init__(self, scratch: Path, sources: Sequence[Path], ccusage: str | None) -> None:
        self.scratch, self.sources, self.ccusage = scratch, sources, ccusage
        self.measures: dict[str, list[Measure]] = {}
        ids, now = Ids(1), datetime(2026, 11, 1, 9, tzinfo=UTC)
        self.growing = SessionWriter(ids, "/home/kim/code/growing", now, ids.uuid())
        self.grow()

    @property
    def store(self) -> Path:
        return self.scratch / "store" / "analytics.duckdb"

    def grow(self) -> None:
        """Append a prompt and a response to the one file that grows."""
        self.growing.prompt("One more parcel.")
        self.growing.response("claude-opus-5-5", Tokens(4, 0, 900, 31_000, 120), text("Weighed."))
        self.growing.write(self.scratch / "growing" / "projects")

    def round(self) -> None:
        """Every command once, ccusage first."""
        shutil.rmtree(self.store.parent, ignore_errors=True)
        self.store.parent.mkdir(parents=True)
        if self.ccusage:
            daily = (self.ccusage, "claude", "daily", "--json", "--offline")
            self._measure(_CCUSAGE, daily)
        for name, (arguments, _) in _COMMANDS.items():
            if "appended" in name:
                self.grow()
            self._measure(name, (*_PROGRAM, *arguments))

    def watch(self) -> None:
        """Import once more, and look how much memory all its processes take together."""
        shutil.rmtree(self.store.parent)
        self.store.parent.mkdir()
        command = (*_PROGRAM, *_COMMANDS[_COLD][0])
        peak = run(command, self._environment(), self.scratch, is_watched=True).peak_mib
        self.measures[_COLD] = [replace(m, peak_mib=peak) for m in self.measures[_COLD]]

    def _measure(self, name: str, command: tuple[str, ...]) -> None:
        taken = run(command, self._environment(), self.scratch)
        self.measures.setdefault(name, []).append(taken)

    def _environment(self) -> dict[str, str]:
        config = ",".join(map(str, [*self.sources, self.scratch / "growing"]))
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.scratch),
            "PYTHONPATH": str(ROOT),
            "CLAUDE_CONFIG_DIR": config,
            "POCKETDEV_ANALYTICS_STORE": str(self.store),
            "POCKETDEV_ANALYTICS_TIMEZONE": "UTC",
        }


def table(bench: Bench, title: str) -> Table:
    """Medians by command, and the median of each round's ratio to ccusage."""
    result = Table(title=title)
    for heading in ("", "wall s", "CPU s", "peak MiB", "x ccusage", "limit"):
        result.add_column(heading, justify="right" if heading else "left")
    theirs = bench.measures.get(_CCUSAGE)
    for name, measures in bench.measures.items():
        limit = _COMMANDS.get(name, ((), None))[1]
        ratio = ""
        if theirs:
            pairs = zip(measures, theirs, strict=True)
            ratio = f"{median(own.wall_s / other.wall_s for own, other in pairs):.2f}"
        result.add_row(
            name,
            f"{median(m.wall_s for m in measures):.2f}",
            f"{median(m.cpu_s for m in measures):.2f}",
            f"{median(m.peak_mib for m in measures):.0f}",
            ratio,
            "" if limit is None else f"{limit:.2f}",
        )
    return result


def findings(bench: Bench, expected: int | None) -> Iterator[str]:
    """What is wrong, beyond time: other counts than were built, too much memory."""
    said = json.loads(bench.measures[_COLD][0].output)
    if expected is not None and said["responses"] != expected:
        yield f"{said['responses']} responses imported, {expected} built"
    for name, measures in bench.measures.items():
        peak = max(m.peak_mib for m in measures)
        if name != _CCUSAGE and peak > _MEMORY_LIMIT_MIB:
            yield f"{name}: {peak:.0f} MiB at its peak, {_MEMORY_LIMIT_MIB} are allowed"


def parse_size(words: str) -> int:
    """Bytes: '1GiB', '0.1GiB', '300MB'."""
    match = re.fullmatch(r"([\d.]+)\s*(|[kMG]|[KMG]i)B?", words)
    if not match:
        raise argparse.ArgumentTypeError(f"{words!r} is not a size; expected 1GiB or 300MB")
    return int(float(match[1]) * _UNITS[match[2]])


def responses_in(directory: Path, build: Callable[..., object], *sizes: int) -> int:
    """The number of responses of the history in `directory`, which is built if it is not there.

    Built in a process of its own: what a process once held counts as the peak of its children.
    """
    stated = directory / "history.json"
    if not stated.exists():
        builder = multiprocessing.Process(target=build, args=(directory, *sizes))
        builder.start()
        builder.join()
    return int(json.loads(stated.read_text())["responses"])


def build_extremes(directory: Path, file_bytes: int, line_bytes: int) -> None:
    """One huge file, and one with a huge line."""
    projects = directory / "projects" / "-home-kim-huge"
    totals = build_file(projects / f"{Ids(2).uuid()}.jsonl", file_bytes)
    ids, now = Ids(3), datetime(2026, 11, 1, 9, tzinfo=UTC)
    writer = SessionWriter(ids, "/home/kim/huge", now, ids.uuid())
    writer.prompt("parcel " * (line_bytes // 7))
    writer.response("claude-opus-5-5", Tokens(4, 0, 900, 31_000, 120), text("Read."))
    writer.write(directory / "projects")
    (directory / "history.json").write_text(json.dumps({"responses": totals.responses + 1}))


def corpus_dirs(folder: Path) -> list[Path]:
    """The config directories in `folder`: itself, or its subfolders."""
    return sorted(
        path.parent for pattern in ("projects", "*/projects") for path in folder.glob(pattern)
    )


@contextmanager
def working_folder(keep: Path | None) -> Iterator[Path]:
    """`--keep`, or a folder that is gone afterwards."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
    else:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            yield Path(name)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=parse_size, nargs="+", default=[parse_size("1GiB")])
    parser.add_argument("--corpus", type=Path, help="take this history instead of building one")
    parser.add_argument(
        "--keep", type=Path, help="keep the built histories here, and use them again"
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--extremes", action="store_true", help="a 700 MB file and a 100 MB line")
    return parser.parse_args()


def subjects(
    options: argparse.Namespace, folder: Path
) -> Iterator[tuple[str, list[Path], int | None]]:
    """What to measure: its title, its config directories, how many responses it holds."""
    if options.corpus:
        yield str(options.corpus.name), corpus_dirs(options.corpus.resolve()), None
        return
    if options.extremes:
        directory = folder / "extremes"
        responses = responses_in(directory, build_extremes, 700_000_000, 100_000_000)
        yield "a 700 MB file and a 100 MB line", [directory], responses
        return
    for size in options.size:
        directory = folder / f"history-{size}"
        yield f"{size / 2**30:.2f} GiB", [directory], responses_in(directory, build_history, size)


def main() -> None:
    options, console = arguments(), Console()
    ccusage = os.environ.get("CCUSAGE") or shutil.which("ccusage")
    with working_folder(options.keep) as folder:
        for title, sources, responses in subjects(options, folder):
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                bench = Bench(Path(scratch), sources, ccusage)
                for _ in range(options.runs):
                    bench.round()
                bench.watch()
                console.print(table(bench, f"{title}, medians of {options.runs} runs"))
                # The growing file holds one response when it is first imported.
                expected = None if responses is None else responses + 1
                for finding in findings(bench, expected):
                    console.print(f"[bold red]{finding}")


if __name__ == "__main__":
    main()
