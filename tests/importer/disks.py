"""A disk whose session files are written, rewritten, moved, deleted and put back at random."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeVar

from tests.agents.claude.by_hand import A, B, Line, answer, call, prompt, result, title

__all__ = ["Disk", "emptied"]

T = TypeVar("T")

C = "cccccccc-0000-4000-8000-00000000000c"
FOLDERS = ("-one", "-two")
NAMES = (f"{A}.jsonl", f"{B}.jsonl", "notes.jsonl")


@dataclass
class Disk:
    """Session files below `projects`, and what was kept of them elsewhere."""

    projects: Path
    #: A number from 0 to the one given.
    draw: Callable[[int], int]
    #: Earlier contents, by path.
    backups: dict[Path, list[bytes]] = field(default_factory=dict)
    #: The names of files that had another content with some of the same lines.
    copied: set[str] = field(default_factory=set)
    numbers: count[int] = field(default_factory=lambda: count(1))
    #: What happened.
    log: list[str] = field(default_factory=list)

    def change(self) -> None:
        """One thing that happens to a file."""
        files = sorted(self.projects.rglob("*.jsonl"))
        happenings = [self.begin, *([self.append, *self._others()] if files else [])]
        path = self._one_of(files) if files else self.projects
        happening = self._one_of(happenings)
        self.log.append(f"{happening.__name__} {path.relative_to(self.projects)}")
        happening(path)

    def _others(self) -> list[Callable[[Path], None]]:
        return [
            *(self.rewrite, self.go_back, self.go_another_way, self.cut_off, self.touch),
            *(self.move, self.rename_folder, self.rename_session, self.delete, self.restore),
        ]

    def begin(self, _path: Path) -> None:
        """A file where there was none, or none any more."""
        path = self._free_path(self._one_of(NAMES))
        if path:
            path.write_bytes(self._lines(3))

    def append(self, path: Path) -> None:
        """More lines, and perhaps the beginning of one; the rest of that before."""
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        tail = b'{"type": "assistant", "mess' if self.draw(4) == 0 else b""
        path.write_bytes(whole + self._lines(2) + tail)

    def rewrite(self, path: Path) -> None:
        """Other lines."""
        self._write(path, self._lines(3))

    def go_back(self, path: Path) -> None:
        """An earlier content."""
        if kept := self.backups.get(path):
            self._write(path, self._one_of(kept))

    def go_another_way(self, path: Path) -> None:
        """The first lines as they were, then others."""
        lines = path.read_bytes().splitlines(keepends=True)
        kept = b"".join(line for line in lines[: 1 + self.draw(2)] if line.endswith(b"\n"))
        self._write(path, kept + self._lines(3))

    def cut_off(self, path: Path) -> None:
        """The first lines alone."""
        lines = path.read_bytes().splitlines(keepends=True)
        self._write(path, b"".join(lines[: 1 + self.draw(2)]))

    def touch(self, path: Path) -> None:
        """Another time."""
        os.utime(path)

    def move(self, path: Path) -> None:
        """The same file in another folder."""
        if target := self._free_path(path.name):
            path.rename(target)

    def rename_folder(self, path: Path) -> None:
        """The folder under another name: no file is touched."""
        target = path.parent.with_name(f"-named-{next(self.numbers)}")
        path.parent.rename(target)

    def rename_session(self, path: Path) -> None:
        """The same file as that of another session, where no other content had its lines.

        Of equal lines in two sessions either may count.
        """
        if path.name in self.copied:
            return
        target = path.with_name(f"{C[:-4]}{next(self.numbers):04x}.jsonl")
        path.rename(target)

    def delete(self, path: Path) -> None:
        """No file."""
        self._keep(path)
        path.unlink()

    def restore(self, _path: Path) -> None:
        """A file that was deleted, where it was."""
        deleted = sorted(path for path in self.backups if not path.exists())
        if deleted:
            path = self._one_of(deleted)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(self.backups[path][-1])

    def _write(self, path: Path, content: bytes) -> None:
        self._keep(path)
        path.write_bytes(content)

    def _keep(self, path: Path) -> None:
        self.backups.setdefault(path, []).append(path.read_bytes())
        self.copied.add(path.name)

    def _free_path(self, name: str) -> Path | None:
        path = self.projects / self._one_of(FOLDERS) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return None if path.exists() else path

    def _lines(self, most: int) -> bytes:
        # The first has usage: by that an export tells other lines from those that it knows.
        first, more = self._line(has_usage=True), range(self.draw(most - 1))
        return b"".join(line + b"\n" for line in (first, *(self._line() for _ in more)))

    def _line(self, *, has_usage: bool = False) -> bytes:
        """A line whose time is later than that of any line before."""
        number = next(self.numbers)
        day, second = divmod(number, 60)
        time = f"2026-11-{1 + day:02} 10:00:{second:02}"
        some, session = self.draw(3), {"sessionId": self._one_of((A, B))}
        answers = [
            answer(f"msg_{number}", time, content=[call(f"t{number}")], **session),
            answer(f"msg_{some}", time, content=[call(f"t{some}")], **session),
        ]
        line = self._one_of(
            answers
            if has_usage
            else [
                *answers,
                prompt("Hello", time, **session),
                prompt([result(f"t{some}")], time, uuid=f"r{number}", **session),
                title("ai-title", f"Title {number}", **session),
                _cost_state(number, session),
                b'{"type": "assistant", broken %d' % number,
            ]
        )
        return line if isinstance(line, bytes) else json.dumps(line).encode()

    def _one_of(self, choices: Sequence[T]) -> T:
        return choices[self.draw(len(choices) - 1)]


def _cost_state(number: int, session: Line) -> Line:
    models = {"claude-sonnet-4-5": {"costUSD": number}}
    return {"type": "cost-state", **session, "totalCostUSD": number, "modelUsage": models}


def emptied(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
