"""A made-up, seeded Claude Code history: for demos, tests and benchmarks.

`write_sample` and `build_sample` write whole histories; `SessionWriter` writes
single files line by line, for tests.
"""

from pocketdev_analytics.sample.build import (
    DEFAULT_DAYS,
    DEFAULT_SEED,
    DEFAULT_UNTIL,
    SampleTotals,
    build_sample,
    is_sample,
    write_sample,
)
from pocketdev_analytics.sample.shapes import Block, Ids, Response, Tokens, text, thinking
from pocketdev_analytics.sample.writer import SessionWriter, encode_cwd

__all__ = [
    "DEFAULT_DAYS",
    "DEFAULT_SEED",
    "DEFAULT_UNTIL",
    "Block",
    "Ids",
    "Response",
    "SampleTotals",
    "SessionWriter",
    "Tokens",
    "build_sample",
    "encode_cwd",
    "is_sample",
    "text",
    "thinking",
    "write_sample",
]
