from __future__ import annotations

import zlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pocketdev_analytics.agents import joined_crc32, prefix_crc32


@given(first=st.binary(max_size=300), second=st.binary(max_size=300))
def test_the_checksum_of_two_parts_follows_from_theirs(first: bytes, second: bytes) -> None:
    joined = joined_crc32(zlib.crc32(first), zlib.crc32(second), len(second))
    assert joined == zlib.crc32(first + second)


def test_the_checksum_of_a_files_beginning_does_not_depend_on_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"x" * 3_000_000 + b"more")
    assert prefix_crc32(str(path), 3_000_000) == zlib.crc32(b"x" * 3_000_000)
    assert prefix_crc32(str(path), 4_000_000) == zlib.crc32(path.read_bytes())
    assert prefix_crc32(str(path), 0) == 0
