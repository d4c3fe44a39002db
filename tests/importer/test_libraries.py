from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.agents.claude.by_hand import A, answer, api_error, call, prompt, result, system, title
from tests.importer.stores import Books

ROOT = Path(__file__).parents[2]
_SCRIPT = """
import sys
from pocketdev_analytics.live.importing import import_history

import_history(sys.argv[1:2], sys.argv[2], machine="here", timezone="UTC")
print(sorted({"pyarrow", "watchfiles", "rich", "concurrent.futures.process"} & set(sys.modules)))
"""


def test_a_small_import_needs_none_of_the_libraries_of_others(books: Books) -> None:
    events = (title("ai-title", "A title"), system("turn_duration", durationMs=2), api_error())
    books.write(A, prompt(), answer(content=[call()]), prompt([result()]), *events, b"{broken")
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, books.folder, books.store],
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert done.stdout == "[]\n"
