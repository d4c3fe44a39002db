"""Copy a store's file, byte by byte and as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import duckdb

from pocketdev_analytics.exceptions import StoreError
from pocketdev_analytics.store.connection import connected, make_private
from pocketdev_analytics.store.contents import contents

__all__ = ["copy_file", "publish", "settle"]

_COPY: Final = """
import os, shutil, sys
os.umask(0o077)
shutil.copyfile(*sys.argv[1:])
"""


def copy_file(source: Path, target: Path) -> None:
    """Copy a file that this process may have open in DuckDB; the copy is its owner's only.

    Raises:
        StoreError: it cannot be copied, as when the disk is full.
    """
    # In another process: closing the file in this one would end every lock that this one
    # holds on it, DuckDB's too (POSIX says so of fcntl locks).
    done = subprocess.run(  # noqa: S603 - our own interpreter, and paths as arguments
        [sys.executable, "-I", "-c", _COPY, os.path.abspath(source), os.path.abspath(target)],  # noqa: PTH100
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it was interrupted"])[-1]
        raise StoreError(f"cannot copy {source} to {target.parent}: {reason}")


def settle(copy: Path) -> None:
    """Merge the log of a copied store into the copy, and read every value in it once.

    Raises:
        StoreError: something in it cannot be read.
    """
    try:
        with connected(copy, read_only=False, wait_seconds=0) as connection:
            connection.execute("checkpoint")
            contents(connection)
    except duckdb.Error as error:
        raise StoreError(f"the copy is incomplete: {str(error).splitlines()[0]}") from None


def publish(copy: Path, target: Path) -> None:
    """Give the copy its name, unless somebody else has taken it meanwhile.

    Raises:
        StoreError: a file has that name.
    """
    make_private(copy)
    try:
        os.link(copy, target)
    except FileExistsError:
        raise StoreError(f"{target} exists by now; name another file") from None
    except OSError:  # a disk without links
        copy.replace(target)
