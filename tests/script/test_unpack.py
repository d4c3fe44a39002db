from __future__ import annotations

import json

import pytest

from pocketdev_analytics.pages.embed import dense

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 8, 250, 4097])
def test_bytes_come_back_from_85_letters(evaluate, size):
    content = bytes(place * place % 251 for place in range(size))
    text = json.dumps(dense(content))
    assert bytes(evaluate("unpack", f"[...bytesOf({text})]")) == content
