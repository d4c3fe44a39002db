"""Files that wait to be read."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pocketdev_analytics.importer.known import STATUS, KnownFile
from pocketdev_analytics.importer.plan import NewBytes
from pocketdev_analytics.model import SESSION_FILES, Schema
from pocketdev_analytics.sources import SessionFile

__all__ = ["Waiting"]

_COLUMNS: Schema = {
    **{name: SESSION_FILES[name] for name in (*STATUS, "file_id", "machine")},
    "reread_after": pl.Int64,
}
_AT_A_TIME = 512


class Waiting:
    """What is new of files, in their order, each given once.

    Of a long history that is many files: here they are rows, which take less memory than
    objects, until it is their turn. It takes `new` over and leaves it empty.
    """

    def __init__(self, new: list[NewBytes]) -> None:
        self._known: dict[int, KnownFile] = {i.file_id: i.known for i in new if i.known}
        rows = [
            (*item.file[: len(STATUS)], item.file_id, item.machine, item.reread_after)
            for item in new
        ]
        new.clear()
        columns = zip(*rows, strict=True) if rows else ([] for _ in _COLUMNS)
        self._rows = pl.DataFrame(dict(zip(_COLUMNS, columns, strict=True)), schema=_COLUMNS)

    def __iter__(self) -> Iterator[NewBytes]:
        for rows in self._rows.iter_slices(_AT_A_TIME):
            for *status, file_id, machine, reread_after in rows.rows():
                known = self._known.pop(file_id, None)
                yield NewBytes(SessionFile(*status), file_id, machine, known, reread_after)
