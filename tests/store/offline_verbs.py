"""Run the main verbs in a network namespace without routes, and count what they send.

    unshare -rn python offline_verbs.py FOLDER
    python offline_verbs.py FOLDER --record     where that is not allowed

The system counts every packet that has no route (`OutNoRoutes`), whoever in the process sends
it: Python, DuckDB, Polars or the resolver.
"""

from __future__ import annotations

import socket
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

from click.testing import CliRunner

from pocketdev_analytics.cli import main
from pocketdev_analytics.sample import write_sample

IS_RECORDED = "--record" in sys.argv
SYSTEMS = ("md:x", "sqlite:x", "postgres:dbname=x", "mysql:x", "ducklake:x", "https://host/x")


#: Connections and look-ups that Python code has tried, where there is no such namespace.
recorded: list[str] = []


def record(event: str, arguments: tuple[object, ...]) -> None:
    """Note and refuse what reaches beyond this machine's own sockets."""
    is_address = len(arguments) > 1 and isinstance(arguments[1], tuple)
    if event == "socket.getaddrinfo" or (event == "socket.connect" and is_address):
        recorded.append(event)
        raise OSError(event)


def attempts() -> int:
    """How many packets had no route, of IPv4 and IPv6, or how many calls were recorded."""
    if IS_RECORDED:
        return len(recorded)
    names, values = (
        line.split()
        for line in Path("/proc/net/snmp").read_text().splitlines()
        if line.startswith("Ip:")
    )
    count = int(dict(zip(names, values, strict=True))["OutNoRoutes"])
    six = Path("/proc/net/snmp6")
    lines = six.read_text().splitlines() if six.exists() else []
    return count + sum(int(line.split()[1]) for line in lines if line.startswith("Ip6OutNoRoutes"))


def verbs(folder: Path) -> list[list[str]]:
    """The main verbs, then stores that are none; each with the exit code it must have first."""
    history, store = str(write_sample(folder / "history", days=3)), str(folder / "store.duckdb")
    sqlite = folder / "notes.sqlite"
    with sqlite3.connect(sqlite) as connection:
        connection.execute("create table notes (a)")
    works = [
        *(["import", history], ["report", "cost"], ["report", "quality"], ["report", "budget"]),
        *(["query", "select count(*) from usage_cost"], ["pricing", "list"], ["statusline"]),
        *(["export", "store", "-o", str(folder / "export")], ["import", str(folder / "export")]),
        *(["dashboard", "-o", str(folder / "pages")], ["store", "status"], ["store", "check"]),
        *(["store", "backup", str(folder / "backup.duckdb")], ["store", "compact"]),
    ]
    refused = [
        ["--store", name, *verb]
        for name in (*SYSTEMS, str(sqlite))
        for verb in (["import", history], ["report", "cost"], ["store", "check"])
    ]
    return [["0", "--store", store, *verb] for verb in works] + [["1", *verb] for verb in refused]


def run(folder: Path) -> list[str]:
    """What was wrong: verbs that sent something, or ended otherwise than they should."""
    problems = []
    for expected, *verb in verbs(folder):
        before = attempts()
        done = CliRunner().invoke(main, verb)
        if str(done.exit_code) != expected:
            problems.append(f"{verb} ended with {done.exit_code}: {done.output[-500:]}")
        if attempts() != before:
            problems.append(f"{verb} tried to reach the network")
    before = attempts()
    with suppress(OSError):
        socket.create_connection(("192.0.2.1", 80), 1)
    if attempts() == before:
        problems.append("an attempt is not counted: this check would miss others")
    return problems


if __name__ == "__main__":
    if IS_RECORDED:
        sys.addaudithook(record)
    print("\n".join(run(Path(sys.argv[1])) or ["no attempts"]))
