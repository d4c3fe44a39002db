from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pocketdev_analytics.files.regular import (
    MEBIBYTE,
    open_regular,
    read_regular,
    read_regular_text,
)


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * MEBIBYTE)
    assert len(read_regular(file)) == MEBIBYTE
    file.write_bytes(b"x" * (MEBIBYTE + 1))
    with pytest.raises(OSError, match="larger than 1 MiB"):
        read_regular(file)
    assert len(read_regular(file, 2 * MEBIBYTE)) == MEBIBYTE + 1


def test_a_file_of_the_system_that_states_no_size_is_bounded_too() -> None:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("needs /proc")
    with pytest.raises(OSError, match="larger than"):
        read_regular(status, 10)


def test_a_pipe_is_refused_also_if_it_takes_the_place_of_a_file_after_it_was_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.touch()
    status = file.stat()
    file.unlink()
    os.mkfifo(file)
    monkeypatch.setattr(os, "stat", lambda _path: status)
    failures: list[str | None] = []

    def read() -> None:
        try:
            open_regular(file)
        except OSError as error:
            failures.append(error.strerror)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(10)
    assert failures == ["not a regular file but a named pipe"]


def test_text_has_one_kind_of_line_ending(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_regular_text(file, "utf-8-sig") == "a\nb\nc\n"
