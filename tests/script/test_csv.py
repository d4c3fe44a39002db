from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser

FIELDS = {
    ("$1.23", "1.2345", True): "1.2345",
    ("\u2212$8.07", "", True): "-8.07",
    ("1,234", "", True): "1234",
    ("no price", "", True): "",
    ("2026-11-03", "", True): "2026-11-03",
    ("app", "/home/me/app", False): "/home/me/app",
    ('a "b", c', "", False): '"a ""b"", c"',
    ("=cmd()", "", False): "'=cmd()",
    ("@x", "", False): "'@x",
    ("-1", "", False): "'-1",
}


@pytest.mark.parametrize("cell", FIELDS)
def test_a_field_has_the_exact_value_and_is_not_a_formula(evaluate, cell):
    text, exact, is_number = cell
    given = json.dumps({"text": text, "exact": exact, "isNumber": is_number})
    assert evaluate("csv", f"csvField({given})") == FIELDS[cell]
