"""Wall time, CPU time and peak memory of a whole process and its children."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Measure", "run"]

_POLL_SECONDS: Final = 0.05
_PR_SET_CHILD_SUBREAPER: Final = 36
_MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Measure:
    """One run of a command."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    output: bytes


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    scratch: Path,
    *,
    is_watched: bool = False,
) -> Measure:
    """Run `command` to its end.

    CPU is that of the process and of all that it started, also of those it did not
    wait for. Peak memory is the largest resident set of one process or, where it is
    watched and there are several at once, the largest sum of their proportional sets,
    looked at 20 times a second: that slows it down.

    Raises:
        RuntimeError: the command failed.
    """
    _adopt_orphans()
    others = set(_children(os.getpid()))
    output, errors = scratch / "stdout", scratch / "stderr"
    with output.open("wb") as out, errors.open("wb") as err:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=dict(environment))
        watch = _Watch(process.pid)
        if is_watched:
            watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
    if is_watched:
        watch.stop()
    cpu = usage.ru_utime + usage.ru_stime + _orphans_cpu_s(others)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = errors.read_text(errors="replace")[-600:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said}")
    peak = max(_peak_bytes(usage), watch.peak_bytes) / _MIB
    return Measure(wall, cpu, peak, output.read_bytes())


def _adopt_orphans() -> None:
    """Processes whose parent has ended become children of this one (Linux)."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _orphans_cpu_s(others: set[int]) -> float:
    """The CPU seconds of what the process left behind, once that has ended too."""
    seconds = 0.0
    while orphans := set(_children(os.getpid())) - others:
        _, _, usage = os.wait4(orphans.pop(), 0)
        seconds += usage.ru_utime + usage.ru_stime
    return seconds


def _peak_bytes(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss * 1024


class _Watch(threading.Thread):
    """Sums the memory of a process tree while it has more than one process."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak_bytes = pid, 0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(_POLL_SECONDS):
            pids = _tree(self.pid)
            if len(pids) > 1:
                self.peak_bytes = max(self.peak_bytes, sum(map(_pss_bytes, pids)))

    def stop(self) -> None:
        self._done.set()
        self.join()


def _tree(pid: int) -> list[int]:
    pids = [pid]
    for known in pids:  # grows while it is walked
        pids += _children(known)
    return pids


def _children(pid: int) -> list[int]:
    pids: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            pids += map(int, (task / "children").read_text().split())
    return pids


def _pss_bytes(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
