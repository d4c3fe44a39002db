"""Copy a store's file byte by byte, check the copy, and give it its final name."""

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
    """Copy a file that this process may have open in DuckDB; only the owner can read the copy.

    Raises:
        StoreError: the file cannot be copied, for example on a full disk.
    """
    # In another process: closing the file in this one would release all its fcntl locks on the
    # file (POSIX), including DuckDB's.
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
    """Merge the log of a copied store into the copy, and check that every value is readable.

    Raises:
        StoreError: a value cannot be read.
    """
    try:
        with connected(copy, read_only=False, wait_seconds=0) as connection:
            connection.execute("checkpoint")
            contents(connection)
    except duckdb.Error as error:
        raise StoreError(f"the copy is incomplete: {str(error).splitlines()[0]}") from None


def publish(copy: Path, target: Path) -> None:
    """Move the copy to `target`, unless that exists by now.

    Raises:
        StoreError: `target` exists.
    """
    make_private(copy)
    try:
        os.link(copy, target)
    except FileExistsError:
        raise StoreError(f"{target} already exists; name another file") from None
    except OSError:  # a disk without links
        copy.replace(target)
