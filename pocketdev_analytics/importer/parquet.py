"""Read a Parquet file of an export as a stranger's: its size in memory is known before it is read.

A few kilobytes of Parquet can hold a billion equal rows, or one long text for each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from pocketdev_analytics.files.regular import MEBIBYTE
from pocketdev_analytics.model.manifest import MOST_ROWS

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["read_part"]

_MOST_COLUMNS: Final = 200
# What exports take in memory is 2 to 60 times what they take as files.
_MEMORY_BYTES: Final = 64 * MEBIBYTE
_MEMORY_PER_BYTE: Final = 200
# Encodes each text as what it adds to the one before: each may then be as long as the file.
_REFUSED_ENCODING: Final = "DELTA_BYTE_ARRAY"
_CELL_BYTES: Final = 8


def read_part(content: bytes, rows: int) -> pl.DataFrame:
    """The rows of a Parquet file that must have this many of them.

    Raises:
        ValueError: it is not Parquet, or holds something else or more than its size allows.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    allowed = _MEMORY_BYTES + _MEMORY_PER_BYTE * len(content)
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        _check_footer(file.metadata, rows, allowed)
        texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        texts += [field.name for field in file.schema_arrow if pa.types.is_large_string(field.type)]
        # Texts stay numbers of a dictionary until it is known how long they are together.
        file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts)
        table = file.read(use_threads=False)
        _check_texts(table, allowed)
        frame = pl.from_arrow(table)
    except (pa.ArrowException, OSError, TypeError, OverflowError, MemoryError) as error:
        raise ValueError(str(error).splitlines()[0] if str(error) else "not Parquet") from None
    except pl.exceptions.PolarsError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("not a table")
    return frame.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))


def _check_footer(metadata: pq.FileMetaData, rows: int, allowed: int) -> None:
    if metadata.num_rows != rows:
        raise ValueError(f"it holds {metadata.num_rows:,} rows instead of {rows:,}")
    if rows > MOST_ROWS:
        raise ValueError(f"it holds {rows:,} rows; at most {MOST_ROWS:,} are read")
    if metadata.num_columns > _MOST_COLUMNS:
        raise ValueError(f"it has {metadata.num_columns:,} columns")
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    chunks = [group.column(number) for group in groups for number in range(metadata.num_columns)]
    if any(_REFUSED_ENCODING in chunk.encodings for chunk in chunks):
        raise ValueError(f"it uses the encoding {_REFUSED_ENCODING}, which no export does")
    size = max(
        sum(chunk.total_uncompressed_size for chunk in chunks),
        rows * metadata.num_columns * _CELL_BYTES,
    )
    if size > allowed:
        raise ValueError(f"it would take {size:,} bytes in memory; {allowed:,} are allowed")


def _check_texts(table: Any, allowed: int) -> None:
    """Refuse texts that are longer together than a file of this size may hold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    size = 0
    for column in table.columns:
        for chunk in column.chunks:
            if pa.types.is_dictionary(chunk.type):
                lengths = pc.binary_length(chunk.dictionary)
                size += pc.sum(pc.take(lengths, chunk.indices)).as_py() or 0
    if size > allowed:
        raise ValueError(f"its texts take {size:,} bytes; {allowed:,} are allowed")
