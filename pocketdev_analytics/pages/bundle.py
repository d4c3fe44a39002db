"""Bundle the pages' ES modules into one script, without Node.

Each module becomes a function that returns its exports, called once after those it imports. The
subset of the language that the modules keep to is checked here, so a typing error fails the build
and not the page: named imports from a file next to it (`import { a, b } from "./c.js";`) and named
exports of declarations (`export function`, `export const`, `export class`) at the start of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from typing import Final

from pocketdev_analytics.exceptions import ReportError

__all__ = ["Module", "bundle", "parse"]

_IMPORT: Final = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"\./([\w-]+)\.js";\n', re.MULTILINE)
_EXPORT: Final = re.compile(
    r"^export (?=(?:async function|function|const|class) ([\w$]+))", re.MULTILINE
)
_OTHER: Final = re.compile(r"^(?:import|export|let|var)\b.*$", re.MULTILINE)
_BLOCK_COMMENT: Final = re.compile(r"^\s*/\*\*.*?\*/\n", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Module:
    """One ES module: what it imports (module -> names), what it exports, its remaining text."""

    name: str
    imports: dict[str, tuple[str, ...]]
    exports: tuple[str, ...]
    body: str


@cache
def bundle(*entries: str) -> str:
    """Return the script of a page: the modules `entries` and all that they import.

    Args:
        entries: names of modules in the folder `script`, without `.js`; they run in this order.

    Raises:
        ReportError: a module imports itself through others, or a name that is not exported.
    """
    modules = dict(_closure(entries))
    for module in modules.values():
        _check_imports(module, modules)
    graph = {name: list(module.imports) for name, module in modules.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ReportError(f"modules import each other: {' -> '.join(error.args[1])}") from None
    parts = "".join(_wrap(modules[name]) for name in order)
    return f'"use strict";\n{parts}'


def parse(name: str, text: str) -> Module:
    """Split a module into imports, exports and body.

    Raises:
        ReportError: it imports or exports in a form that the bundler does not know, or declares
            a variable at the top level that can be assigned again.
    """
    imports = {
        source: tuple(part.strip() for part in names.split(",") if part.strip())
        for names, source in _IMPORT.findall(text)
    }
    exports = tuple(_EXPORT.findall(text))
    body = _EXPORT.sub("", _IMPORT.sub("", text))
    if other := _OTHER.search(body):
        raise ReportError(
            f"{name}.js: cannot bundle {other[0]!r}; "
            "expected a named import, a named export or a constant"
        )
    return Module(name, imports, exports, _without_comments(body))


def _closure(entries: tuple[str, ...]) -> Iterator[tuple[str, Module]]:
    waiting, seen = list(entries), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            module = parse(name, _read(name))
            waiting += module.imports
            yield name, module


def _check_imports(module: Module, modules: dict[str, Module]) -> None:
    for source, names in module.imports.items():
        for name in names:
            if name not in modules[source].exports:
                raise ReportError(
                    f"{module.name}.js: unknown import {name!r} from './{source}.js'; "
                    f"expected one of: {', '.join(modules[source].exports)}"
                )


def _wrap(module: Module) -> str:
    needed = "".join(
        f"const {{ {', '.join(names)} }} = {_variable(source)};\n"
        for source, names in module.imports.items()
    )
    exports = f"return {{ {', '.join(module.exports)} }};\n" if module.exports else ""
    return f"const {_variable(module.name)} = (() => {{\n{needed}{module.body}{exports}}})();\n"


def _variable(module: str) -> str:
    return f"module_{module.replace('-', '_')}"


def _without_comments(text: str) -> str:
    """Remove comment lines and indentation; a template literal therefore must fit on one line."""
    lines = (line.strip() for line in _BLOCK_COMMENT.sub("", text).splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def _read(name: str) -> str:
    path = files("pocketdev_analytics.pages").joinpath("script", f"{name}.js")
    if not path.is_file():
        raise ReportError(f"unknown module {name!r}: there is no script/{name}.js")
    return path.read_text("utf-8")
