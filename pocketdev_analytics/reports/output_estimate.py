"""Estimate of the output tokens that session files do not tell: how many, and at what cost.

A response without its final output count is a lower bound in its output tokens alone. The
file holds what was put out, and the store its sizes by kind of block. So the missing output
is estimated in three steps:

1. Tokens by a fixed rule: 8 a response, 0.25 a character of text, 0.28 a character of
   thinking or tool input, 45 a tool call. UTF-8 bytes beyond one a character count as
   characters, since a CJK character is about a token. Where the thinking is not in the file,
   its length follows from its signature: (characters - 230) * 3 / 4.
2. Calibrated by model family: tokens = base + factor * rule, fitted to the responses of the
   family whose final count is known, each weighed by its size (a Bayesian regression). It
   starts at base 0 and factor 1, or 1.25 from Claude 4.7 on, whose tokenizer makes more
   tokens of the same text.
3. Minus the recorded tokens, not below 0. What the unlisted calls of a session hold of
   output alone is taken off too: Claude Code's own count of streams that were cut.

The interval is to hold the truth nine times in ten. Its variance adds up a response's own
(0.15 of its size plus 50 tokens at the start, then that of the family's known responses), a
session's style (0.1 of its sum) and the error of the family's base and factor. The rule and
these figures were fitted to 375 finished responses of 32 sessions;
`tests/reports/test_output_estimate.py` validates them by hiding known counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from pocketdev_analytics.formatting import format_usd
from pocketdev_analytics.model import COST_USD
from pocketdev_analytics.pricing import estimated_output_cost
from pocketdev_analytics.reports.cost import COST_DIMENSIONS, cost
from pocketdev_analytics.reports.dimensions import FACTS, check_dimensions, grouped

__all__ = [
    "ESTIMATE",
    "calibrate_output",
    "estimate_notes",
    "estimate_output",
    "estimated_cost",
    "output_estimate",
]

#: The columns of `output_estimate` after those of `by`.
ESTIMATE: Final = (
    "missing_output_tokens",
    "low_missing_output_tokens",
    "high_missing_output_tokens",
    "missing_output_cost_usd",
    "low_missing_output_cost_usd",
    "high_missing_output_cost_usd",
)

_TOKENS_PER_RESPONSE: Final = 8.0
_TOKENS_PER_TEXT_CHARACTER: Final = 0.25
_TOKENS_PER_CHARACTER: Final = 0.28
_TOKENS_PER_TOOL_CALL: Final = 45.0
_SIGNATURE_OVERHEAD: Final = 230
_SIGNATURE_SHARE: Final = 0.75

# What is believed before any known count: standard deviations of base and factor, and a
# response's own, relative to its size; the latter weighs as much as so many responses.
_BASE_ERROR: Final = 60.0
_FACTOR_ERROR: Final = 0.12
_OTHER_FACTOR_ERROR: Final = 0.3
_NEW_TOKENIZER_FACTOR: Final = 1.25
_NEW_TOKENIZER_VERSION: Final = 407  # 4.7
_RESPONSE_ERROR: Final = 0.15
_START_RESPONSES: Final = 10
# Added to a size that errors are relative to: a short response is not known to a token.
_LEAST_SIZE: Final = 50.0
# A finished response with less than a fifth of its content is none: its count is a placeholder.
_LEAST_SHARE: Final = 0.2
_SESSION_ERROR: Final = 0.1
# Of a normal distribution, 90 % lie within so many standard deviations.
_DEVIATIONS: Final = 1.645

_FAMILY: Final = "model_family"
#: A family's calibration: `base` and `factor`, a response's variance relative to its size,
#: and the variances and covariance of base and factor.
_CALIBRATION: Final = (
    *("output_base", "output_factor", "response_variance"),
    *("base_variance", "factor_variance", "covariance"),
)
_UNITS: Final = {"tokens": "missing_output_tokens", "usd": "missing_output_cost_usd"}


def calibrate_output(usage: pl.LazyFrame) -> pl.LazyFrame:
    """Calibrate the rule on the responses whose final count is known, by model family.

    Returns:
        One row a family: `model_family, output_base, output_factor` (tokens are base +
        factor * rule), `response_variance, base_variance, factor_variance, covariance`.
    """
    rule, output = pl.col("rule_tokens"), pl.col("output_tokens")
    is_known = _is_sized() & ~pl.col("is_lower_bound") & (output >= rule * _LEAST_SHARE)
    weight = 1 / (rule + _LEAST_SIZE).pow(2)
    sums = {
        "count": pl.len().cast(pl.Float64),
        "w": weight.sum(),
        "wx": (weight * rule).sum(),
        "wxx": (weight * rule.pow(2)).sum(),
        "wy": (weight * output).sum(),
        "wxy": (weight * rule * output).sum(),
        "wyy": (weight * output.pow(2)).sum(),
    }
    return (
        usage.with_columns(_family(), rule_tokens=_rule_tokens())
        .filter(is_known)
        .group_by(_FAMILY)
        .agg(value.alias(name) for name, value in sums.items())
        .pipe(_fit)
    )


def estimate_output(usage: pl.LazyFrame, calibration: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Usage with the output that each response is missing; 0 where its count is final.

    Args:
        usage: Columns of `model.USAGE_COST`.
        calibration: `calibrate_output` of the whole history; by default of `usage`.

    Returns:
        The same rows with `missing_output_tokens` (an estimate), `missing_output_cost_usd`
        (NULL without a price) and the columns of their family's calibration.
    """
    factors = calibrate_output(usage) if calibration is None else calibration
    expected = pl.col("output_base") + pl.col("output_factor") * pl.col("rule_tokens")
    missing = (expected - pl.col("output_tokens")).clip(lower_bound=0)
    is_missing = pl.col("is_lower_bound") & _is_sized()
    cost_usd = estimated_output_cost(pl.col("missing_output_tokens"))
    return (
        usage.with_columns(_family(), rule_tokens=_rule_tokens())
        .join(factors, on=_FAMILY, how="left", maintain_order="left")
        .with_columns(pl.col(name).fill_null(start) for name, start in _start().items())
        .with_columns(missing_output_tokens=pl.when(is_missing).then(missing).otherwise(0.0))
        .with_columns(pl.col("missing_output_tokens") * _unseen_share())
        .with_columns(missing_output_cost_usd=cost_usd)
        .drop(_FAMILY)
    )


def output_estimate(
    usage: pl.LazyFrame,
    *,
    by: Sequence[str] = ("day",),
    timezone: str = "UTC",
    week_start: str = "monday",
    calibration: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """The missing output of each group of responses, with an interval of 90 %.

    Columns: those of `by`, then `ESTIMATE`: tokens, rounded, and their cost in US dollars
    (NULL where nothing that is missing has a price). The rows are those of `reports.cost`
    with the same `by`, in the same order.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    names = check_dimensions(by, COST_DIMENSIONS, report="cost")
    cells = grouped(
        estimate_output(usage, calibration),
        list(dict.fromkeys([*names, "session", "model"])),
        facts=FACTS["usage"],
        timezone=timezone,
        measures=_cell_measures(),
        week_start=week_start,
    )
    per_family = list(dict.fromkeys([*names, "model"]))
    of_families = cells.group_by(per_family).agg(
        *(pl.col(name).max() for name in _CALIBRATION[2:]),
        *(pl.col(f"{name}_{unit}").sum() for unit in _UNITS for name in ("sum", "n", "x", "noise")),
        *(pl.col(f"sum_{unit}").pow(2).sum().alias(f"sessions_{unit}") for unit in _UNITS),
        pl.col("priced").sum(),
    )
    columns = [column for unit, name in _UNITS.items() for column in _interval(unit, name)]
    if not names:
        return of_families.select(columns)
    return of_families.group_by(names).agg(columns).sort(list(names), nulls_last=True)


def estimated_cost(
    usage: pl.LazyFrame,
    *,
    by: Sequence[str] = ("day",),
    timezone: str = "UTC",
    week_start: str = "monday",
    calibration: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """`reports.cost` with what each group may have cost with its missing output.

    Columns: those of `cost`, and after `cost_usd` `missing_output_tokens`,
    `estimated_cost_usd` (`cost_usd` and the missing output), `low_cost_usd` and
    `high_cost_usd` (between them in nine of ten cases; never below `cost_usd`). What else
    makes a cost a lower bound, such as unseen calls and unpriced tokens, is not in it.

    Raises:
        ReportError: a name in `by` is not a dimension of a response.
    """
    grouping: dict[str, Any] = {"by": by, "timezone": timezone, "week_start": week_start}
    costs = cost(usage, **grouping)
    missing = output_estimate(usage, **grouping, calibration=calibration)
    names = check_dimensions(by, COST_DIMENSIONS, report="cost")
    both = (
        costs.join(missing, on=list(names), how="left", nulls_equal=True, maintain_order="left")
        if names
        else pl.concat([costs, missing], how="horizontal")
    )
    ends = {
        "estimated_cost_usd": "missing_output_cost_usd",
        "low_cost_usd": "low_missing_output_cost_usd",
        "high_cost_usd": "high_missing_output_cost_usd",
    }
    estimated = both.with_columns(
        (pl.col("cost_usd") + pl.col(part)).cast(COST_USD).alias(name)
        for name, part in ends.items()
    )
    columns = [name for name in costs.collect_schema() if name not in names]
    at = columns.index("cost_usd") + 1
    return estimated.select(*names, *columns[:at], "missing_output_tokens", *ends, *columns[at:])


def estimate_notes(usage: pl.LazyFrame, all_usage: pl.LazyFrame) -> tuple[str, ...]:
    """The sentence on what `usage` may have cost with its missing output; none if it has none.

    `all_usage` is the whole history, for the calibration.
    """
    calibration = calibrate_output(all_usage)
    found = estimated_cost(usage, by=(), calibration=calibration).collect().row(0, named=True)
    if not found["missing_output_tokens"] or found["estimated_cost_usd"] is None:
        return ()
    at_least, about, low, high = (
        format_usd(found[name])
        for name in ("cost_usd", "estimated_cost_usd", "low_cost_usd", "high_cost_usd")
    )
    note = (
        f"About {about}, at least {at_least}: with the output that is missing, estimated from"
        f" its size; between {low} and {high} in nine of ten cases."
    )
    return (note,)


def _cell_measures() -> list[pl.Expr]:
    """Return the components of the interval, per group, session and model."""
    is_missing = pl.col("missing_output_tokens") > 0
    rates = {"tokens": pl.lit(1.0), "usd": pl.col("output_rate_usd").cast(pl.Float64)}
    measures = [
        *(pl.col(name).max() for name in _CALIBRATION[2:]),
        pl.col(_UNITS["usd"]).filter(is_missing).count().alias("priced"),
    ]
    for unit, column in _UNITS.items():
        weight = pl.when(is_missing).then(rates[unit]).fill_null(0.0).fill_nan(0.0)
        size = weight * (pl.col("rule_tokens").fill_null(0.0) + _LEAST_SIZE)
        measures += [
            pl.col(column).sum().alias(f"sum_{unit}"),
            weight.sum().alias(f"n_{unit}"),
            (weight * pl.col("rule_tokens").fill_null(0.0)).sum().alias(f"x_{unit}"),
            size.pow(2).sum().alias(f"noise_{unit}"),
        ]
    return measures


def _interval(unit: str, column: str) -> list[pl.Expr]:
    """The estimate and the ends of its interval, over the families of a group."""
    n, x = pl.col(f"n_{unit}"), pl.col(f"x_{unit}")
    variance = (
        pl.col("response_variance") * pl.col(f"noise_{unit}")
        + pl.col("base_variance") * n.pow(2)
        + pl.col("covariance") * n * x * 2
        + pl.col("factor_variance") * x.pow(2)
        + pl.col(f"sessions_{unit}") * _SESSION_ERROR**2
    )
    total, margin = pl.col(f"sum_{unit}").sum(), variance.sum().sqrt() * _DEVIATIONS
    ends = {column: total, f"low_{column}": total - margin, f"high_{column}": total + margin}
    return [_cast(unit, value.clip(lower_bound=0)).alias(name) for name, value in ends.items()]


def _cast(unit: str, value: pl.Expr) -> pl.Expr:
    if unit == "tokens":
        return value.round().cast(pl.Int64)
    is_known = (pl.col("priced").sum() > 0) | (pl.col("sum_tokens").sum() == 0)
    return pl.when(is_known).then(value.round(6).cast(COST_USD))


def _fit(sums: pl.LazyFrame) -> pl.LazyFrame:
    """Solve the regression of each family: two unknowns with what was believed of them."""
    start, belief = _start_factor(), _RESPONSE_ERROR**2
    w = pl.col("w") + belief / _BASE_ERROR**2
    trust = belief / _start_factor_error().pow(2)
    wxx, wxy = pl.col("wxx") + trust, pl.col("wxy") + trust * start
    wx, wy = pl.col("wx"), pl.col("wy")
    determinant = w * wxx - wx.pow(2)
    base, factor = pl.col("output_base"), pl.col("output_factor")
    residual = (
        pl.col("wyy")
        + base.pow(2) * pl.col("w")
        + factor.pow(2) * pl.col("wxx")
        - (base * wy + factor * pl.col("wxy") - base * factor * wx) * 2
    )
    variance = (residual.clip(lower_bound=0) + _START_RESPONSES * belief) / (
        pl.col("count") + _START_RESPONSES
    )
    return (
        sums.with_columns(
            output_base=(wy * wxx - wx * wxy) / determinant,
            output_factor=(w * wxy - wx * wy) / determinant,
        )
        .with_columns(response_variance=variance)
        .with_columns(
            base_variance=pl.col("response_variance") * wxx / determinant,
            factor_variance=pl.col("response_variance") * w / determinant,
            covariance=-pl.col("response_variance") * wx / determinant,
        )
        .select(_FAMILY, *_CALIBRATION)
    )


def _start() -> dict[str, pl.Expr]:
    """The calibration of a family without any known final count."""
    return {
        "output_base": pl.lit(0.0),
        "output_factor": _start_factor(),
        "response_variance": pl.lit(_RESPONSE_ERROR**2),
        "base_variance": pl.lit(_BASE_ERROR**2),
        "factor_variance": _start_factor_error().pow(2),
        "covariance": pl.lit(0.0),
    }


def _rule_tokens() -> pl.Expr:
    thinking = pl.max_horizontal(
        pl.col("thinking_characters"),
        (pl.col("signature_characters") - _SIGNATURE_OVERHEAD) * _SIGNATURE_SHARE,
    )
    characters = thinking + pl.col("tool_input_characters") + pl.col("extra_bytes").fill_null(0)
    return (
        pl.col("text_characters") * _TOKENS_PER_TEXT_CHARACTER
        + characters * _TOKENS_PER_CHARACTER
        + pl.col("tool_use_blocks") * _TOKENS_PER_TOOL_CALL
        + _TOKENS_PER_RESPONSE
    )


def _is_sized() -> pl.Expr:
    """Whether it is a response, and the sizes of what it put out are known and not 0."""
    sizes = ("text_characters", "thinking_characters", "signature_characters")
    is_there = pl.sum_horizontal(*sizes, "tool_use_blocks", ignore_nulls=False) > 0
    return (pl.col("kind") == "response") & is_there.fill_null(value=False)


def _family() -> pl.Expr:
    """Claude's family and version, where the name has them; any other name as it is."""
    name = pl.col("model").str.to_lowercase().str.replace_all(".", "-", literal=True)
    claude = name.str.extract(r"claude-([a-z]+-\d+(?:-\d{1,2})?)(?:\D|$)")
    return pl.coalesce(claude, name).alias(_FAMILY)


def _is_claude() -> pl.Expr:
    return pl.col(_FAMILY).str.contains(r"^(?:opus|sonnet|haiku|fable|mythos)-\d|claude")


def _start_factor() -> pl.Expr:
    version = pl.col(_FAMILY).str.extract_groups(r"^[a-z]+-(?<major>\d+)(?:-(?<minor>\d+))?$")
    major = version.struct.field("major").cast(pl.Int64)
    minor = version.struct.field("minor").cast(pl.Int64).fill_null(0)
    is_new = _is_claude() & (major * 100 + minor >= _NEW_TOKENIZER_VERSION)
    return pl.when(is_new).then(_NEW_TOKENIZER_FACTOR).otherwise(1.0)


def _start_factor_error() -> pl.Expr:
    return pl.when(_is_claude()).then(_FACTOR_ERROR).otherwise(_OTHER_FACTOR_ERROR)


def _unseen_share() -> pl.Expr:
    """The share of the missing output that the session's unlisted calls do not hold."""
    missing = pl.col("missing_output_tokens")
    prompt = pl.sum_horizontal(
        *("input_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "cache_read_tokens")
    )
    is_output_alone = (pl.col("kind") == "unlisted") & (prompt == 0)
    per = ["session_id", _FAMILY]
    listed = pl.col("output_tokens").filter(is_output_alone).sum().over(per)
    all_missing = missing.sum().over(per)
    left = (all_missing - listed).clip(lower_bound=0)
    return pl.when(all_missing > 0).then(left / all_missing).otherwise(1.0)
