"""An export is data from a stranger: one bad file, value or key, and nothing is imported."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from pocketdev_analytics.exceptions import SourceError
from pocketdev_analytics.importer import import_history
from pocketdev_analytics.importer.export_files import read_export
from pocketdev_analytics.model.manifest import MOST_ROWS
from pocketdev_analytics.store import open_store
from pocketdev_analytics.store.export import export_store
from tests.agents.claude.by_hand import A, B, answer, call, prompt, result, title, write
from tests.agents.test_discovery import make_special


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    lines = (prompt(), answer("msg_1", content=[call()]), prompt([result()], "10:00:30"))
    write(folder, A, *lines, title("ai-title", "One"), b"{broken")
    write(folder, B, answer("msg_2", costUSD=0.5))
    import_history([folder], folder / "store.duckdb", machine="laptop")
    export_store(folder / "export", folder / "store.duckdb")
    return folder / "export"


@pytest.fixture
def export(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / "export"))


@pytest.fixture
def refused(export: Path) -> Callable[[str], None]:
    """Fails unless reading the export is refused with these words, in one short sentence."""

    def check(words: str) -> None:
        with pytest.raises(SourceError, match=words) as error:
            read_export(export)
        assert "\n" not in str(error.value)
        assert len(str(error.value)) < 1000

    return check


def rewrite(export: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = export / "manifest.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def replace(export: Path, table: str, content: pl.DataFrame | bytes, **said: Any) -> None:
    """Put other rows in the place of a table's first part, and say so in the manifest."""
    path = next((export / table).rglob("*.parquet"))
    if isinstance(content, pl.DataFrame):
        content.write_parquet(path)
        said = {"rows": content.height, **said}
    else:
        path.write_bytes(content)

    def note(document: dict[str, Any]) -> None:
        name = path.relative_to(export).as_posix()
        (file,) = (each for each in document["files"] if each["path"] == name)
        written = path.read_bytes()
        file.update(size_bytes=len(written), sha256=hashlib.sha256(written).hexdigest(), **said)

    rewrite(export, note)


def rows(export: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(next((export / table).rglob("*.parquet")), hive_partitioning=False)


def far(year: int) -> pl.Expr:
    return pl.lit(year - 1970).cast(pl.Int64).mul(31_557_600_000_000).cast(pl.Datetime("us", "UTC"))


VALUES: dict[str, tuple[str, str, pl.Expr]] = {
    "a time after the calendar": ("usage_lines", "responded_at", far(20_000)),
    "a time before 1970": ("usage_lines", "responded_at", far(1900)),
    "no time": ("usage_lines", "responded_at", pl.lit(None, pl.Datetime("us", "UTC"))),
    "a negative count": ("usage_lines", "output_tokens", pl.lit(-1)),
    "a count that overflows": ("usage_lines", "input_tokens", pl.lit(2**62)),
    "no count": ("usage_lines", "input_tokens", pl.lit(None, pl.Int64)),
    "an amount": ("usage_lines", "recorded_cost_usd", pl.lit(Decimal(10) ** 22)),
    "a long text": ("usage_lines", "model", pl.lit("m" * 100_000)),
    "no id": ("usage_lines", "response_id", pl.lit(None, pl.String)),
    "line 0": ("usage_lines", "line_no", pl.lit(0)),
    "a line that the file lacks": ("prompts", "line_no", pl.lit(1_000)),
    "a file that the export lacks": ("prompts", "file_id", pl.lit(1)),
    "no file": ("prompts", "file_id", pl.lit(None, pl.Int64)),
    "a file with no path": ("session_files", "path", pl.lit(None, pl.String)),
    "a file of a long path": ("session_files", "path", pl.lit("/p" * 50_000)),
    "a negative size": ("session_files", "size_bytes", pl.lit(-1)),
    "one file twice": ("session_files", "file_id", pl.lit(7)),
    "a file that is noted when clocks ended": ("session_files", "noted_at", far(250_000)),
}


@pytest.mark.parametrize(("table", "column", "value"), VALUES.values(), ids=VALUES)
def test_a_value_that_decoding_cannot_produce_is_refused(
    export: Path, refused: Callable[[str], None], table: str, column: str, value: pl.Expr
) -> None:
    replace(export, table, rows(export, table).with_columns(value.alias(column)))
    refused(r"nothing was imported")


def test_an_unchanged_export_and_one_of_its_own_rows_again_are_taken(
    export: Path, tmp_path: Path
) -> None:
    replace(export, "usage_lines", rows(export, "usage_lines"))
    assert import_history([export], tmp_path / "new.duckdb").responses == 2


def test_a_refused_export_does_not_change_the_store_even_among_good_ones(
    export: Path, exported: Path, tmp_path: Path, empty_store: Path
) -> None:
    store = Path(shutil.copy(empty_store, tmp_path / "store.duckdb"))
    before = store.read_bytes()
    replace(export, "prompts", rows(export, "prompts").with_columns(line_no=pl.lit(-5)))
    for target in (store, tmp_path / "new.duckdb"):
        with pytest.raises(SourceError, match="line_no is not a number from 1"):
            import_history([exported, export], target)
    assert store.read_bytes() == before
    assert not (tmp_path / "new.duckdb").exists()


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "folder"])
@pytest.mark.parametrize("name", ["manifest.json", "part"])
def test_what_is_not_a_regular_file_is_refused(
    export: Path, refused: Callable[[str], None], kind: str, name: str
) -> None:
    path = export / name if "." in name else next((export / "prompts").rglob("*.parquet"))
    path.unlink()
    if kind == "folder":
        path.mkdir()
    else:
        make_special(path, kind)
    refused(r"not a regular file but a|Is a directory")


MANIFESTS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a store's id that is a number": (lambda each: each.update(store_id=5), "store_id is 5"),
    "a long id": (lambda each: each.update(store_id="x" * 10_000), "store_id is 'xxx"),
    "machines that are text": (lambda each: each.update(machines="laptop"), "machines is"),
    "a machine that is a list": (lambda each: each.update(machines=[[]]), "a machine is list"),
    "redacted by 1": (lambda each: each.update(is_redacted=1), "is_redacted is 1"),
    "files that are an object": (lambda each: each.update(files={}), "files is dict"),
    "a file that is text": (lambda each: each["files"].append("x"), "a file is 'x'"),
    "a file of other keys": (lambda each: each["files"].append({"a": 1}), "a file is dict"),
    "a file twice": (lambda each: each["files"].append(each["files"][0]), "named twice"),
    "rows that are true": (lambda each: each["files"][0].update(rows=True), "rows is True"),
    "rows below 0": (lambda each: each["files"][0].update(rows=-1), "has -1 rows"),
    "rows of a year": (lambda each: each["files"][0].update(rows=10**12), "rows in"),
    "a size beyond a disk": (lambda each: each["files"][0].update(size_bytes=2**50), "bytes"),
    "a digest that is none": (lambda each: each["files"][0].update(sha256="0"), "digest '0'"),
    "a path out of the folder": (
        lambda each: each["files"][0].update(path="../prompts/month=2026-11/rows.parquet"),
        "is not a file of an export",
    ),
    "no files": (lambda each: each.pop("files"), "damaged"),
}


@pytest.mark.parametrize(("change", "words"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_manifest_of_other_types_is_refused(
    export: Path,
    refused: Callable[[str], None],
    change: Callable[[dict[str, Any]], object],
    words: str,
) -> None:
    rewrite(export, change)
    refused(words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[" * 500_000, "it is not JSON"),
        (b'{"format": "pocketdev_analytics export", "x": ' + b"[" * 500_000, "it is not JSON"),
        (b'{"format": "pocketdev_analytics export"}'.ljust(2**20 + 1), "larger than 1 MiB"),
        (b"\xff", "it is not JSON"),
        (b"null", "is not the manifest of an export"),
    ],
)
def test_a_manifest_that_is_deep_large_or_none_is_refused(
    export: Path, refused: Callable[[str], None], content: bytes, words: str
) -> None:
    (export / "manifest.json").write_bytes(content)
    refused(words)


def test_more_rows_than_the_manifest_says_are_not_read(
    export: Path, refused: Callable[[str], None]
) -> None:
    replace(export, "prompts", rows(export, "prompts"), rows=7)
    refused("it holds 1 rows instead of 7")


def test_a_million_equal_rows_in_a_small_file_are_refused_before_they_are_read(
    export: Path, refused: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = rows(export, "usage_lines").head(1)
    many = row.join(pl.DataFrame({"copy": range(MOST_ROWS)}), how="cross").drop("copy")
    file = io.BytesIO()
    pq.write_table(many.to_arrow(), file, compression="zstd", compression_level=1)
    assert len(file.getvalue()) < 500_000
    replace(export, "usage_lines", file.getvalue(), rows=MOST_ROWS)
    reading = pq.ParquetFile.read

    def read(file: pq.ParquetFile, **options: Any) -> Any:
        assert file.metadata.num_rows < MOST_ROWS, "it was read"
        return reading(file, **options)

    monkeypatch.setattr(pq.ParquetFile, "read", read)
    refused(r"would take [\d,]+ bytes in memory")


def test_more_rows_than_any_part_has_are_refused(
    export: Path, refused: Callable[[str], None]
) -> None:
    frame = pl.DataFrame({"file_id": pl.repeat(1, MOST_ROWS + 1, eager=True)})
    replace(export, "usage_lines", frame)
    refused(r"at most 1,000,000 are read")


def test_one_long_text_in_every_row_is_refused_before_it_is_copied(
    export: Path, refused: Callable[[str], None]
) -> None:
    long = pl.lit("m" * 2**20).alias("model")
    replace(export, "prompts", pl.concat([rows(export, "prompts")] * 5_000).with_columns(long))
    refused(r"its texts take [\d,]+ bytes")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(500) + b"PAR1", b"x" * 5_000])
def test_a_file_that_is_not_parquet_is_refused(
    export: Path, refused: Callable[[str], None], content: bytes
) -> None:
    replace(export, "prompts", content)
    refused("does not hold rows of prompts")


def test_columns_of_other_types_are_refused(export: Path, refused: Callable[[str], None]) -> None:
    listed = rows(export, "usage_lines").with_columns(pl.concat_list("input_tokens"))
    replace(export, "usage_lines", listed)
    refused("does not hold rows of usage_lines")


def test_an_export_without_later_columns_is_taken_in(export: Path, tmp_path: Path) -> None:
    later = {
        "usage_lines": ["is_usage_known", "text_characters", "provider", "line_session_id"],
        "tool_results": ["session_id", "is_sidechain", "denial_kind"],
        "session_files": ["noted_at", "superseded_at", "decoder_version"],
        "prompts": ["kind"],
    }
    for table, names in later.items():
        known = rows(export, table)
        replace(export, table, known.drop([name for name in names if name in known.columns]))
    store = tmp_path / "new.duckdb"
    assert import_history([export], store).responses == 2
    with open_store(store) as opened:
        found = opened.query("select session_id, is_sidechain from tool_results").rows()
        assert found == [(A, False)]
        assert opened.query("select kind from prompts")["kind"].to_list() == ["prompt"]


def test_a_long_title_is_cut(export: Path, tmp_path: Path) -> None:
    long = rows(export, "session_titles").with_columns(title=pl.lit("t" * 40_000))
    replace(export, "session_titles", long)
    import_history([export], tmp_path / "new.duckdb")
    with open_store(tmp_path / "new.duckdb") as opened:
        longest = opened.query("select max(length(title)) from session_titles").item()
    assert longest == 1_000


def test_a_part_is_read_no_further_than_the_manifest_says(
    export: Path, refused: Callable[[str], None]
) -> None:
    path = next((export / "prompts").rglob("*.parquet"))
    os.truncate(path, 3 * 2**20)
    refused(r"larger than 1 MiB|another digest")
