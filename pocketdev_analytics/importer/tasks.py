"""Tasks: what one process decodes at a time, several small files or a part of a large one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pocketdev_analytics.agents import CHUNK_BYTES, Chunk, is_compressed, split

__all__ = ["Task", "make_tasks"]

Task = list[Chunk]
_TASK_BYTES = 16 * 2**20
_TASK_FILES = 512


def make_tasks(files: Iterable[Chunk]) -> Iterator[Task]:
    """Group small files, a chunk each, into tasks; give each chunk of a large file its own."""
    task: Task = []
    size = 0
    for chunk in files:
        if chunk.stop - chunk.start > CHUNK_BYTES and not is_compressed(chunk.path):
            yield from ([part] for part in split(chunk))
            continue
        task.append(chunk)
        size += chunk.stop - chunk.start
        if size >= _TASK_BYTES or len(task) >= _TASK_FILES:
            yield task
            task, size = [], 0
    if task:
        yield task
