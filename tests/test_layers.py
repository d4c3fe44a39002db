"""Who may import whom: data goes one way, and each heavy library lives in one wing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pocketdev_analytics"
OURS = PACKAGE.name

# A wing may import the wings named here, and nothing else of ours.
MAY_IMPORT = {
    "exceptions": set(),
    "formatting": set(),
    "cores": set(),
    "processes": {"cores"},
    "files": {"exceptions"},
    "model": {"files", "exceptions"},
    "settings": {"files", "exceptions"},
    "redaction": {"model", "files", "exceptions"},
    "agents": {"model", "files", "exceptions"},
    "pricing": {"formatting", "model", "files", "exceptions"},
    "reports": {"pricing", "redaction", "settings", "formatting", "model", "exceptions"},
    "charts": {"formatting", "model", "exceptions"},
    "pages": {
        *{"charts", "reports", "files", "settings", "redaction"},
        *{"formatting", "model", "exceptions"},
    },
    "notebooks": {"pages", "charts", "files", "formatting", "model", "exceptions"},
    "sample": {"model", "exceptions"},
    "pocketdev": {"pricing", "model", "files", "settings", "exceptions"},
    "store": {
        *{"pricing", "redaction", "settings", "files"},
        *{"formatting", "model", "exceptions"},
    },
    "importer": {
        *{"agents", "store", "pocketdev", "files", "cores", "processes"},
        *{"model", "settings", "exceptions"},
    },
    "live": {
        *{"importer", "reports", "store", "settings"},
        *{"model", "formatting", "files", "exceptions"},
    },
}
# A process that decodes ends with the one that it decodes for, one that runs a notebook with it.
ENDS = {"processes": {"os._exit"}, "notebooks": {"os._exit"}}
# The command line and the public names see everything.
SEES_ALL = {"cli", "__init__", "__main__"}
# What anyone may ask the package itself.
ITSELF = {"__version__"}
LIVES_IN = {
    "duckdb": {"store"},
    "plotly": {"charts", "pages"},  # a page embeds its script
    "cryptography": {"pocketdev"},
    "adbc_driver_postgresql": {"pocketdev"},
    "click": {"cli"},
    "rich": {"cli"},
    "IPython": {"notebooks"},
    "markdown_it": {"notebooks"},
    "great_tables": {"notebooks"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def wing(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def module_name(path: Path) -> str:
    parts = (OURS, *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports at any place, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively"
            yield from ((f"{node.module}.{name.name}", node.lineno) for name in node.names)


def wings_imported(path: Path) -> Iterator[tuple[str, int]]:
    for name, line in imports(path):
        top, _, rest = name.partition(".")
        if top == OURS:
            yield rest.partition(".")[0], line


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_wing_imports_only_what_it_may(path: Path) -> None:
    own = wing(path)
    assert own in MAY_IMPORT or own in SEES_ALL, f"say in this test what {own!r} may import"
    allowed = MAY_IMPORT.get(own, set()) | {own} | ITSELF
    wrong = [f"{name} (line {line})" for name, line in wings_imported(path) if name not in allowed]
    assert own in SEES_ALL or not wrong, f"{own} imports {', '.join(wrong)}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_heavy_library_lives_in_one_wing(path: Path) -> None:
    wrong = [
        f"{name} (line {line})"
        for name, line in imports(path)
        if wing(path) not in LIVES_IN.get(name.partition(".")[0], {wing(path)})
    ]
    assert not wrong, f"{wing(path)} imports {', '.join(wrong)}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    wrong = [
        f"{ast.unparse(call.func)} (line {call.lineno})"
        for call in calls
        if ast.unparse(call.func)
        in {"print", "input", "exit", "quit", "sys.exit", "os._exit"} - ENDS.get(wing(path), set())
    ]
    assert wing(path) in {"cli", "__main__"} or not wrong, ", ".join(wrong)


def test_no_module_imports_itself_through_others() -> None:
    paths = {module_name(path): path for path in modules()}

    def known(name: str) -> str:
        return name if name in paths else name.rpartition(".")[0]

    graph = {
        name: {known(other) for other, _ in imports(path)} & paths.keys() - {name}
        for name, path in paths.items()
        if name != OURS  # the public names are lazy: they import nothing until asked
    }
    TopologicalSorter(graph).prepare()


def test_the_wings_have_an_order() -> None:
    TopologicalSorter(MAY_IMPORT).prepare()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_an_agent_is_reached_through_the_registry_alone(path: Path) -> None:
    own = path.relative_to(PACKAGE / "agents").parts[0] if wing(path) == "agents" else ""
    folders = {folder.name for folder in (PACKAGE / "agents").iterdir() if folder.is_dir()}
    wrong = [
        f"{name} (line {line})"
        for name, line in imports(path)
        for top, _, rest in [name.removeprefix(f"{OURS}.").partition(".")]
        if top == "agents" and rest.partition(".")[0] in folders - {own}
    ]
    assert own == "registry.py" or not wrong, ", ".join(wrong)


def test_importing_within_a_function_is_seen_too(tmp_path: Path) -> None:
    file = tmp_path / "late.py"
    file.write_text("def f():\n    from pocketdev_analytics.store import open_store\n")
    assert list(wings_imported(file)) == [("store", 2)]
