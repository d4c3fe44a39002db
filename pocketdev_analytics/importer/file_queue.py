"""The queue of files with something to read."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pocketdev_analytics.agents import SessionFile
from pocketdev_analytics.importer.known import STATUS, KnownFile
from pocketdev_analytics.importer.plan import NewBytes
from pocketdev_analytics.model import SESSION_FILES, Schema

__all__ = ["FileQueue"]

_COLUMNS: Schema = {
    **{name: SESSION_FILES[name] for name in (*STATUS, "file_id", "machine")},
    "product": pl.String,
    "reread_after": pl.Int64,
}
_SLICE_ROWS = 512


class FileQueue:
    """Files in their order, each yielded once.

    A long history has many of them: they are rows of a frame, which take less memory than
    objects, until it is their turn. The queue empties the list that it is made from.
    """

    def __init__(self, new: list[NewBytes]) -> None:
        self._known: dict[int, KnownFile] = {i.file_id: i.known for i in new if i.known}
        rows = [
            (*item.file[: len(STATUS)], item.file_id, item.machine, item.product, item.reread_after)
            for item in new
        ]
        new.clear()
        columns = zip(*rows, strict=True) if rows else ([] for _ in _COLUMNS)
        self._rows = pl.DataFrame(dict(zip(_COLUMNS, columns, strict=True)), schema=_COLUMNS)

    def __iter__(self) -> Iterator[NewBytes]:
        for rows in self._rows.iter_slices(_SLICE_ROWS):
            for *status, file_id, machine, product, reread_after in rows.rows():
                known = self._known.pop(file_id, None)
                file = SessionFile(*status)
                yield NewBytes(file, file_id, machine, known, reread_after, product)
