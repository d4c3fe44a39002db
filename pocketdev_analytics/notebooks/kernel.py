"""The process that executes notebooks: it imports the libraries once, then forks for each one.

    python -m pocketdev_analytics.notebooks.kernel FD    fork for each socket that comes over FD
    python -m pocketdev_analytics.notebooks.kernel once  execute one, over the standard streams

A fork runs its cells in a shell of IPython, as a Jupyter kernel does, and records what they show
in the form of a notebook's outputs: no ports, no messages, no second start of Python.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from numbers import Integral, Real
from tempfile import TemporaryFile
from typing import IO, Any, Final, TextIO

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

__all__ = ["main"]

#: What notebooks use, in the order in which they would.
_LIBRARIES: Final = (
    "polars",
    "duckdb",
    "great_tables",
    "plotly.io",
    "pocketdev_analytics.charts",
    "pocketdev_analytics.notebooks",
    "pocketdev_analytics.reports.run",
    "pocketdev_analytics.store",
)
# Plotly imports nbformat, which imports this where it is installed: a grammar of addresses, which
# takes longer to build than all the rest to import, and which no notebook is checked against.
_SLOW: Final = "rfc3987_syntax"
_GOES_ON: Final = "raises-exception"  # a tag of a cell, as nbclient knows it

Output = dict[str, Any]


class _Recorder:
    """The outputs of the cell that runs, in the form of a notebook."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self._by_id: dict[str, list[Output]] = {}
        self._clears_next = False

    def begin(self) -> list[Output]:
        """Start with the outputs of the next cell."""
        self.outputs, self._clears_next = [], False
        return self.outputs

    def stream(self, name: str, text: str) -> None:
        if not text:
            return
        self._clear_if_asked()
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def show(self, kind: str, data: Any, metadata: Any, id_: str | None, **more: Any) -> None:
        self._clear_if_asked()
        output = {"output_type": kind, "data": data, "metadata": metadata or {}, **more}
        self.outputs.append(output)
        if id_ is not None:
            self._by_id.setdefault(id_, []).append(output)

    def update(self, data: Any, metadata: Any, id_: str) -> None:
        for output in self._by_id.get(id_, ()):
            output.update(data=data, metadata=metadata or {})

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        self._clear_if_asked()
        error = {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback}
        self.outputs.append(error)

    def clear(self, *, is_later: bool) -> None:
        self._clears_next = is_later
        if not is_later:
            self.outputs.clear()

    def _clear_if_asked(self) -> None:
        if self._clears_next:
            self.clear(is_later=False)


_RECORDER: Final = _Recorder()


class _Stream:
    """The standard output or error of the cells."""

    encoding, errors, newlines, closed = "utf-8", "strict", None, False

    def __init__(self, name: str, descriptor: int) -> None:
        self.name, self._descriptor = f"<{name}>", descriptor
        self._to = name

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        _RECORDER.stream(self._to, text)
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(line)

    def fileno(self) -> int:
        return self._descriptor

    def flush(self) -> None:
        """Nothing is buffered."""

    def isatty(self) -> bool:
        return False

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):
    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,  # noqa: ARG002 - as its class calls it
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        id_: str | None = (transient or {}).get("display_id")
        if update and id_ is not None:
            _RECORDER.update(data, metadata, id_)
        else:
            _RECORDER.show("display_data", data, metadata, id_)

    def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - as its class
        _RECORDER.clear(is_later=wait)


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        """Nothing is prompted."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        count = self.prompt_count
        _RECORDER.show("execute_result", format_dict, md_dict, None, execution_count=count)

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Shell(InteractiveShell):
    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        _RECORDER.error(etype.__name__, str(evalue), list(stb))


def main(arguments: list[str]) -> None:
    """Serve until the other side closes, or execute one notebook."""
    _import_libraries()
    if arguments == ["once"]:
        incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
        _execute(incoming, outgoing)
    else:
        _serve(socket.socket(fileno=int(arguments[0])))


def _import_libraries() -> None:
    is_blocked = _SLOW not in sys.modules
    if is_blocked:
        sys.modules[_SLOW] = None  # type: ignore[assignment]  # Python's mark of "not installed"
    for name in _LIBRARIES:
        import_module(name)
    if is_blocked:
        del sys.modules[_SLOW]


def _serve(control: socket.socket) -> None:
    gc.freeze()  # forks share what was imported
    signal.signal(signal.SIGCHLD, lambda *_: _reap(os.WNOHANG))
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            break
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with socket.socket(fileno=descriptors[0]) as own:
                _execute(own.makefile("rb"), own.makefile("wb"))
            os._exit(0)
        os.close(descriptors[0])
    # The process that asked has ended, or wants no more: so do those that still run.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    _reap(0)


def _reap(options: int) -> None:
    """Wait for forks, so that their time counts as this process's."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, options) != (0, 0):
            pass


def _execute(incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    """Execute the cells that come in: say the number of each that begins, then all outputs."""

    def say(value: Any) -> None:
        outgoing.write(json.dumps(value, default=_plain).encode() + b"\n")
        outgoing.flush()

    request = json.loads(incoming.readline())
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    with _captured() as take:
        shell = _Shell.instance(config=Config(HistoryManager={"enabled": False}))
        done: list[dict[str, Any]] = []
        for number, source, tags in request["cells"]:
            say(number)
            outputs = _RECORDER.begin()
            result = shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
            take()
            count = shell.execution_count - 1
            done.append({"number": number, "execution_count": count, "outputs": outputs})
            if not result.success and _GOES_ON not in tags:
                break
    say(done)


@contextmanager
def _captured() -> Iterator[Any]:
    """Record what cells print; `take` adds what libraries wrote past Python, after a cell."""
    taken = {"stdout": 0, "stderr": 0}
    for descriptor, name in enumerate(taken, 1):
        with TemporaryFile("w+b") as file:
            os.dup2(file.fileno(), descriptor)
        setattr(sys, name, _Stream(name, descriptor))
    sys.stdin = _nothing()

    def take() -> None:
        for descriptor, (name, start) in enumerate(taken.items(), 1):
            taken[name] = os.fstat(descriptor).st_size
            written = os.pread(descriptor, taken[name] - start, start)
            _RECORDER.stream(name, written.decode(errors="replace"))

    yield take


def _nothing() -> TextIO:
    nothing = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - open until the end
    os.dup2(nothing.fileno(), 0)
    return nothing


def _plain(value: Any) -> Any:
    """A value in JSON, where it is not of JSON's own kinds: as a kernel sends it."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "__iter__"):
        return list(value)
    return str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
