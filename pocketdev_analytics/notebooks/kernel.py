"""The kernel that executes notebooks: that of the running Python."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

__all__ = ["make_client"]


class _OwnKernelManager(AsyncKernelManager):
    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        # With no folder to look in, "python3" is the running Python.
        return KernelSpecManager(kernel_dirs=[])


def make_client(notebook: NotebookNode, folder: Path) -> NotebookClient:
    """A client that executes `notebook` in `folder`, where it keeps its connection too."""
    connection = {"connection_file": str(folder / "kernel.json")}
    if sys.platform != "win32":  # sockets in a private folder instead of open ports
        connection["transport"] = "ipc"
    return NotebookClient(
        notebook,
        kernel_name="python3",
        kernel_manager_class=_OwnKernelManager,
        timeout=None,
        resources={"metadata": {"path": str(folder)}},
        config=Config(ConnectionFileMixin=connection),
    )
