"""The interface of an agent: all that the rest of the package knows of one.

An agent is a folder next to this file, or a package from elsewhere, that declares an `Agent`.
Functions are stateless: they see no store, no clock and no other file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pocketdev_analytics.agents.origin import AgentMeta, Origin, PathIdentity, Span

if TYPE_CHECKING:
    from pocketdev_analytics.agents.rows import Rows

__all__ = ["Agent", "Decode"]


class Decode(Protocol):
    """Decodes lines into canonical rows."""

    def __call__(self, data: bytes, origin: Origin, rows: Rows, size: int | None = None) -> Span:
        """Decode the first `size` bytes of `data`, which begins at the start of a line.

        A last line without its newline is read as far as it is complete, but not counted: it
        may still be written on, and is then decoded again. What cannot be read becomes a row
        of `rows.quarantine`; no message text goes into any row.
        """


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent product whose history can be imported.

    Attributes:
        name: its name in the store and in filters, such as `claude`.
        label: its name as people write it.
        decoder_version: raised when lines are decoded into other rows than before; files that
            are still there are then read again.
        vendor: the vendor whose price list the names of its models are looked up in first.
        config_dirs: its config folders, from environment variables or by default.
        history_in: the folders and files with history in one of its config folders; none where
            the folder is not one of its own.
        suffixes: how the names of its session files end.
        is_own: whether a file is its own, by its path and its first bytes.
        path_identity: the session and the subagent that a path names.
        read_meta: what a file's path and its subagent's id say of the subagent.
        decode: lines to rows.
    """

    name: str
    label: str
    decoder_version: int
    vendor: str
    config_dirs: Callable[[Mapping[str, str]], list[Path]]
    history_in: Callable[[Path], list[Path]]
    suffixes: tuple[str, ...]
    is_own: Callable[[str, bytes], bool]
    path_identity: Callable[[str], PathIdentity]
    read_meta: Callable[[str, str | None], AgentMeta]
    decode: Decode
