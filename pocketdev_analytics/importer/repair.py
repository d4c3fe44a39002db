"""Complete a repaired store from the session files that are still on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pocketdev_analytics.agents import history_dirs
from pocketdev_analytics.importer.run import ImportSummary, import_history

__all__ = ["Repair", "repair_store"]


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair found and did.

    `kept` is the folder with the store as it was, None if it could be read. `lost` and
    `problems` are sentences: what is lost, and what `store check` still finds.
    """

    kept: Path | None
    lost: list[str]
    quarantined_rows: int
    imported: ImportSummary | None
    problems: list[str]


def repair_store(path: Path, *, machine: str, wait_seconds: float) -> Repair:
    """Repair the store at `path`, import again what is on disk, and check it.

    Raises:
        StoreError: the store is missing or in use, or the disk has no space for a copy.
    """
    from pocketdev_analytics.store import open_store
    from pocketdev_analytics.store.maintenance import check
    from pocketdev_analytics.store.repair import set_aside

    damage = set_aside(path, wait_seconds=wait_seconds)
    lost = list(damage.lost)
    with open_store(path, read_only=False, wait_seconds=wait_seconds) as store:
        quarantined = store.quarantine_odd_values()
        files = store.session_files().filter(~pl.col("is_remote"))
    known = [Path(name) for name in files["path"].unique().sort()]
    there = [name for name in known if name.is_file()]
    folders = history_dirs()
    imported = None
    if damage.kept is not None and (there or folders):
        imported = import_history([*folders, *there], path, machine=machine)
    if damage.kept is not None:
        gone = [name for name in known if name not in there]
        lost += [f"the last lines of {name}, which is no longer on disk" for name in gone]
    problems = check(path, wait_seconds=wait_seconds)
    return Repair(damage.kept, lost, quarantined, imported, problems)
