"""Kill, fuzz and damage the program, and print the figures: `make torture KILLS=340 FUZZ=100000`.

KILLS imports are killed at random moments, FUZZ lines of session files are mutated, EXAMPLES
histories are generated for each property, DAMAGES write-ahead logs get a flipped bit or a zeroed
block. Hostile exports, names and terminals run once. Exits with 1 if any trial fails.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNTS = {"KILLS": 50, "FUZZ": 2_000, "EXAMPLES": 50, "DAMAGES": 20}
TRIALS = {
    "kills of imports": ["tests/store/test_kill.py"],
    "kills of exports, backups, compactions, migrations": ["tests/store/test_scratch.py"],
    "fuzzed lines": ["tests/importer/test_fuzz.py"],
    "generated histories": ["tests/importer/test_any_order.py", "tests/importer/test_exports.py"],
    "hostile exports": ["tests/importer/test_hostile_exports.py"],
    "hostile names of stores": ["tests/store/test_names.py"],
    "hostile names on a terminal": ["tests/cli/test_terminal.py"],
}
WRITER = """
import os, sys, duckdb
connection = duckdb.connect(sys.argv[1])
for number in range(60):
    row = [f"key {number}", "x" * 2000]
    connection.execute("insert or replace into store_properties values (?, ?)", row)
os._exit(9)
"""


def count_of(name: str) -> int:
    """How often: the variable of that name, else the default."""
    return int(os.environ.get(name) or COUNTS[name])


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A Python process, in which nothing is the person's own."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def trial(name: str, files: list[str]) -> bool:
    """Run test files with the counts, and print how many passed."""
    begun = time.monotonic()
    counts = {f"POCKETDEV_TEST_{name}": str(count_of(name)) for name in COUNTS}
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", *files, **counts)
    summary = (done.stdout.strip().splitlines() or ["nothing ran"])[-1]
    figures = ", ".join(re.findall(r"\d+ (?:passed|failed|skipped|error)", summary)) or summary
    print(f"{name:52} {figures} in {time.monotonic() - begun:.0f} s", flush=True)
    return done.returncode == 0


def damage_logs(folder: Path) -> bool:
    """Damage the log of a killed writer again and again, repair the store, and check it."""
    store, log = folder / "store.duckdb", folder / "store.duckdb.wal"
    verb = ("-m", "pocketdev_analytics", "--store", str(store))
    environ = {"HOME": str(folder), "CLAUDE_CONFIG_DIR": str(folder / "none")}
    run(
        "-c",
        f"from pocketdev_analytics.store import open_store\n"
        f"open_store({str(store)!r}, read_only=False).close()",
    )
    run("-c", WRITER, str(store))
    whole = store.read_bytes(), log.read_bytes()
    chance = random.Random(7)  # noqa: S311 - no secret
    ends: Counter[str] = Counter()
    for _ in range(count_of("DAMAGES")):
        for kept in folder.glob("store.duckdb.damaged-*"):
            shutil.rmtree(kept)
        content = bytearray(whole[1])
        place = chance.randrange(len(content))
        if chance.random() < 0.5:
            content[place] ^= 1 << chance.randrange(8)
        else:
            content[place : place + 4096] = bytes(len(content[place : place + 4096]))
        store.write_bytes(whole[0])
        log.write_bytes(content)
        if not run(*verb, "store", "check", **environ).returncode:
            ends["read as far as it went"] += 1
            continue
        run(*verb, "store", "repair", **environ)
        is_whole = not run(*verb, "store", "check", **environ).returncode
        ends["repaired" if is_whole else "NOT repaired"] += 1
    figures = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    print(f"{'damaged logs':52} {figures}", flush=True)
    return not ends["NOT repaired"]


def main() -> int:
    """Run every trial; 1 if one failed."""
    print(", ".join(f"{name}={count_of(name)}" for name in COUNTS), flush=True)
    passed = [trial(name, files) for name, files in TRIALS.items()]
    with tempfile.TemporaryDirectory() as folder:
        passed.append(damage_logs(Path(folder)))
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
