"""The bundler: modules in the order of their imports, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pocketdev_analytics.exceptions import ReportError
from pocketdev_analytics.pages import bundle as bundling
from pocketdev_analytics.pages.bundle import bundle, parse

FOLDER = Path(bundling.__file__).parent / "script"
MODULES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.js"))}


@pytest.fixture
def written(monkeypatch):
    """Bundle modules that a test writes."""

    def build(entry: str, **modules: str) -> str:
        monkeypatch.setattr(bundling, "_read", modules.__getitem__)
        bundle.cache_clear()
        try:
            return bundle(entry)
        finally:
            bundle.cache_clear()

    return build


def test_a_module_comes_after_those_it_imports(written):
    text = written(
        "page",
        page='import { b } from "./b.js";\nimport { a } from "./a.js";\nb(a);\n',
        b='import { a } from "./a.js";\nexport const b = () => a;\n',
        a="export const a = 1;\n",
    )
    assert re.findall(r"const module_(\w)", text) == ["a", "b", "p"]
    assert "import" not in text
    assert "export" not in text


def test_names_of_one_module_do_not_reach_another(written, browser):
    text = written(
        "page",
        page='import { read } from "./a.js";\nconst hidden = 2;\n'
        "export const both = [read(), hidden];\n",
        a="const hidden = 1;\nexport function read() {\n  return hidden;\n}\n",
    )
    page = browser.new_page()
    page.add_script_tag(content=text)
    assert page.evaluate("module_page.both") == [1, 2]
    assert page.evaluate("typeof hidden") == "undefined"
    page.close()


@pytest.mark.parametrize(
    ("modules", "message"),
    [
        ({"page": 'import { b } from "./a.js";\n', "a": "export const a = 1;\n"}, "unknown import"),
        (
            {
                "page": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b": 'import { a } from "./page.js";\nexport const b = 1;\n',
            },
            "import each other",
        ),
        ({"page": "export default 1;\n"}, "cannot bundle 'export default 1;'"),
        ({"page": 'import * as a from "./a.js";\n'}, "cannot bundle 'import"),
        ({"page": "let state = 1;\n"}, "cannot bundle 'let state = 1;'"),
    ],
)
def test_what_the_bundler_does_not_know_fails_the_build(written, modules, message):
    with pytest.raises(ReportError, match=re.escape(message)):
        written("page", **modules)


def test_an_unknown_module_is_named():
    with pytest.raises(ReportError, match="unknown module 'nowhere'"):
        bundle("nowhere")


@pytest.mark.parametrize("name", MODULES)
def test_every_import_is_used(name):
    module = parse(name, MODULES[name])
    for names in module.imports.values():
        for imported in names:
            assert re.search(rf"\b{re.escape(imported)}\b", module.body), imported


@pytest.mark.parametrize("name", MODULES)
def test_every_export_is_imported_by_a_module_or_a_test(name):
    imported = {
        each
        for other in MODULES.values()
        for source, names in parse(name, other).imports.items()
        if source == name
        for each in names
    }
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py"))
    exports = parse(name, MODULES[name]).exports
    assert [each for each in exports if each not in imported and each not in tests] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_function_that_others_call_says_its_types(name):
    lines = MODULES[name].splitlines()
    for number, line in enumerate(lines):
        if line.startswith(("export function", "export async function", "export const")):
            comment = "\n".join(lines[max(number - 8, 0) : number])
            assert re.search(r"@(param|returns|type)\b[^\n]*(\n [^\n]*)*\*/$", comment), line


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_its_concern_and_keeps_to_one(name):
    lines = MODULES[name].splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= 300
    # The bundler takes comments and indentation off each line.
    code = [line for line in lines if not line.startswith(("//", " *"))]
    assert all(
        line.count("`") % 2 == 0 or re.sub(r'"[^"]*"', "", line).count("`") % 2 == 0
        for line in code
    )
    assert max(map(len, lines)) <= 110
