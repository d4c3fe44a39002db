"""Wall time, CPU time and peak memory of a whole process and its children."""

from __future__ import annotations

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
_MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Measure:
    """One run of a command."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    output: bytes


def run(command: Sequence[str], environment: Mapping[str, str], scratch: Path) -> Measure:
    """Run `command` to its end.

    CPU is that of the process and the children it waited for. Peak memory is
    the largest resident set of one process or, where there are several at
    once, the largest sum of their proportional sets, looked at 20 times a second.

    Raises:
        RuntimeError: the command failed.
    """
    output, errors = scratch / "stdout", scratch / "stderr"
    with output.open("wb") as out, errors.open("wb") as err:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=dict(environment))
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
    watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = errors.read_text(errors="replace")[-600:]
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said}")
    peak = max(_peak_bytes(usage), watch.peak_bytes) / _MIB
    return Measure(wall, usage.ru_utime + usage.ru_stime, peak, output.read_bytes())


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
        with suppress(OSError):
            for task in Path(f"/proc/{known}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
    return pids


def _pss_bytes(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
