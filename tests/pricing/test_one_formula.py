"""No code but the formula multiplies tokens by prices."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pocketdev_analytics"
FORMULA = PACKAGE / "pricing" / "formula.py"
# It subtracts from each cost what the page's rates explain of it, to carry the rest as it is.
ENCODER = PACKAGE / "pages" / "encode.py"

COUNT = re.compile(r"tokens?\b|_requests\b|count\b", re.IGNORECASE)
PRICE = re.compile(r"price|rate(_column)?\b|rates\b|multiplier|_usd\b|per_million", re.IGNORECASE)
# A comma between them is a list of columns, as in `select *, input_tokens`.
SQL = re.compile(r"(_tokens|_requests)[\s)]*\*|\*[\s(]*(\w+\.)?\w*(_tokens|_requests)")
# In a line of the page's script: a product of something of a price.
SCRIPT = re.compile(
    r"(?:price|rate|_usd)\w*[^;,/]*[\w)\]] \* |[\w)\]] \* [^;,/]*(?:price|rate|_usd)", re.IGNORECASE
)
# Tokens shared out in proportion to tokens.
PROPORTION = re.compile(r"\w+_tokens \* \w+_tokens / ")
CALLS = {"mul", "dot", "product", "__mul__"}


def words(node: ast.AST) -> str:
    """Every name and text in an expression."""
    found = []
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.append(each.id)
        elif isinstance(each, ast.Attribute):
            found.append(each.attr)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            found.append(each.value)
    return " ".join(found)


def products(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            yield node.lineno, words(node.left), words(node.right)
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult):
            yield node.lineno, words(node.target), words(node.value)
        elif is_product_call(node):
            yield node.lineno, words(node.func.value), words(node.args[0])


def is_product_call(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
    return bool(called) and node.func.attr in CALLS


def prices_tokens(source: str) -> list[int]:
    """The lines that multiply a count of tokens by something of a price."""
    return [
        line
        for line, left, right in products(ast.parse(source))
        if (COUNT.search(left) and PRICE.search(right))
        or (COUNT.search(right) and PRICE.search(left))
    ]


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(PACKAGE.rglob("*.py")) if path not in {FORMULA, ENCODER}],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_only_the_formula_multiplies_tokens_by_prices(path: Path) -> None:
    assert not prices_tokens(path.read_text(encoding="utf-8"))


def test_no_sql_and_no_notebook_multiplies_tokens() -> None:
    files = [*(ROOT / "sql").rglob("*.sql"), *(ROOT / "notebooks").rglob("*.ipynb")]
    assert files
    for file in files:
        assert not SQL.search(PROPORTION.sub("", file.read_text(encoding="utf-8"))), file


def test_the_script_multiplies_counts_by_rates_in_one_place() -> None:
    """The script of a page prices nothing: it multiplies by the rates that the page carries."""
    found = [
        (file.name, line.strip())
        for file in sorted((PACKAGE / "pages" / "script").glob("*.js"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if SCRIPT.search(line)
    ]
    assert [name for name, _ in found] == ["sums.js"], found


def test_a_second_formula_would_be_seen() -> None:
    assert prices_tokens(FORMULA.read_text(encoding="utf-8"))
    for source in (
        'pl.col("input_tokens") * pl.col("input_price_per_million")',
        "cost = row['output_tokens'] * prices.output_rate / 1e6",
        'pl.col("input_rate").mul(pl.col("input_tokens"))',
    ):
        assert prices_tokens(source), source
    for query in (
        "select input_tokens * p.input_price_per_million from usage",
        "select sum((u.input_tokens)\n* rate) from usage",
        "select rate * (u.input_tokens + u.output_tokens) from usage",
    ):
        assert SQL.search(query), query
    assert not SQL.search("select *, input_tokens + output_tokens as tokens from usage")
