#!/usr/bin/env bash
# genai-prices answers with the standard price where it has none for what was asked.
#
# Guess: a price context that the list does not know, or does not know yet on that day, is
# refused, so that a priority or batch request is never priced as a standard one unnoticed.
# Seen (genai-prices 0.2.3, gpt-5.5, one million tokens of input and of output): with
# service_tier priority 87.50 US dollars on 2026-11-01 and 55, the standard price, on
# 2026-10-01; 55 too for service_tier batch, and for a key that does not exist. Nothing warns:
# whoever prices a history must check that the variant it asked for is the one that answered.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check genai-prices==0.2.3

env/bin/python - <<'PYTHON'
import sys
from datetime import datetime, timezone
from importlib.metadata import version

from genai_prices import Usage, calc_price

EXPECTED = [
    ({}, (2026, 11, 1), 55),
    ({"service_tier": "priority"}, (2026, 11, 1), 87.5),
    ({"service_tier": "priority"}, (2026, 10, 1), 55),
    ({"service_tier": "batch"}, (2026, 11, 1), 55),
    ({"no_such_key": "priority"}, (2026, 11, 1), 55),
]
print("genai-prices", version("genai-prices"))
changed = False
for context, day, expected in EXPECTED:
    found = calc_price(
        Usage(input_tokens=1_000_000, output_tokens=1_000_000),
        "gpt-5.5",
        provider_id="openai",
        genai_request_timestamp=datetime(*day, tzinfo=timezone.utc),
        price_context=context,
    ).total_price
    print(context, datetime(*day).date(), found)
    changed = changed or float(found) != expected
sys.exit(f"changed: expected {EXPECTED}" if changed else 0)
PYTHON
