"""A frame as an Excel workbook: real numbers and dates, and a sheet that says what they are.

Office Open XML (ECMA-376) in its smallest form: texts are inline strings, which no spreadsheet runs
as a formula. Excel keeps 15 digits of a number.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl

__all__ = ["xlsx_bytes"]

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Day 1 of a spreadsheet is 1900-01-01, and it has a 29 February 1900.
_DAY_ZERO: Final = date(1899, 12, 30)
_FIRST_DAY: Final = date(1900, 3, 1)
_LONGEST_TEXT: Final = 32_767
_MOST_EXACT: Final = 10**15
_DAY_SECONDS: Final = 86_400
# The styles of `_STYLES`, by their place.
_PLAIN, _BOLD, _DATE, _MOMENT, _MONEY, _SHARE = range(6)
_STYLES: Final = f"""{_XML}<styleSheet xmlns="{_MAIN}">
<numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>
<numFmt numFmtId="166" formatCode="#,##0.00"/><numFmt numFmtId="167" formatCode="0.0%"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="167" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""


def xlsx_bytes(
    frame: pl.DataFrame,
    *,
    name: str,
    about: Sequence[str],
    totals: Mapping[str, Any] | None = None,
) -> bytes:
    """A workbook with a sheet of the frame's rows, and a sheet `About`.

    Args:
        frame: The rows; the header is bold and stays in view.
        name: The name of the sheet.
        about: The lines of the sheet `About`: title, period, notes.
        totals: A last row, in bold, by column.
    """
    columns = frame.columns
    body = [[_cell(value, column) for column, value in row.items()] for row in frame.to_dicts()]
    last = [_bold(totals.get(column), column, columns) for column in columns] if totals else []
    rows = [[_text(column, _BOLD) for column in columns], *body, *([last] if totals else [])]
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": _workbook(name),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("worksheet", "worksheets/sheet2.xml"),
            ("styles", "styles.xml"),
        ),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": _sheet(rows, widths=_widths(frame), is_frozen=True),
        "xl/worksheets/sheet2.xml": _sheet([[_text(line)] for line in about], widths=[100]),
    }
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            # Without a time: the same report gives the same bytes.
            info = ZipInfo(path)
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, text)
    return file.getvalue()


def _cell(value: Any, column: str, style: int | None = None) -> str:
    """A value as an element `c`; its place follows from its order."""
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return _moment(value)
    if isinstance(value, int | float | Decimal):
        return _amount(value, column, style)
    text = ", ".join(map(str, value)) if isinstance(value, list) else value
    return _text(text, _PLAIN if style is None else style)


def _amount(value: float | Decimal, column: str, style: int | None) -> str:
    if not math.isfinite(value) or abs(float(value)) >= _MOST_EXACT:
        return _text(value)
    usual = _PLAIN
    if column.endswith("_usd"):
        usual = _MONEY
    elif column.endswith(("share", "rate")):
        usual = _SHARE
    return _number(value, usual if style is None else style)


def _moment(value: date) -> str:
    """A day, or a time in the zone that it is in: spreadsheets have none."""
    if not isinstance(value, datetime):
        return _text(value) if value < _FIRST_DAY else _number((value - _DAY_ZERO).days, _DATE)
    local = value.replace(tzinfo=None)
    if local.date() < _FIRST_DAY:
        return _text(local)
    midnight = datetime.combine(local.date(), datetime.min.time())
    part = (local - midnight).total_seconds() / _DAY_SECONDS
    return _number((local.date() - _DAY_ZERO).days + part, _MOMENT)


def _bold(value: Any, column: str, columns: Sequence[str]) -> str:
    if value is None and column == columns[0]:
        return _text("total", _BOLD)
    return _cell(value, column)


def _number(value: float | Decimal, style: int) -> str:
    number = f"{value:f}" if isinstance(value, Decimal) else repr(value)
    return f'<c s="{style}"><v>{number}</v></c>'


def _text(value: object, style: int = _PLAIN) -> str:
    text = "".join(
        char if char.isprintable() or char in "\n\t" else "\ufffd" for char in str(value)
    )
    shown = escape(text[:_LONGEST_TEXT])
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{shown}</t></is></c>'


def _sheet(
    rows: Iterable[Iterable[str]], *, widths: Sequence[float], is_frozen: bool = False
) -> str:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    cols = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, 1)
    )
    data = "".join(f"<row>{''.join(cells)}</row>" for cells in rows)
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}">{views if is_frozen else ""}'
        f"{f'<cols>{cols}</cols>' if cols else ''}<sheetData>{data}</sheetData></worksheet>"
    )


def _widths(frame: pl.DataFrame) -> list[float]:
    """Characters: what the texts of a column take, within reason."""
    lengths = [
        max((len(str(value)) for value in frame[name].head(200) if value is not None), default=0)
        if frame.schema[name] == pl.String
        else 16
        for name in frame.columns
    ]
    return [
        min(max(length, len(name), 8) + 2, 60)
        for name, length in zip(frame.columns, lengths, strict=True)
    ]


def _workbook(name: str) -> str:
    sheets = "".join(
        f'<sheet name="{escape(title)}" sheetId="{place}" r:id="rId{place}"/>'
        for place, title in enumerate((name, "About"), 1)
    )
    space = f'xmlns="{_MAIN}" xmlns:r="{_OFFICE}"'
    return f"{_XML}<workbook {space}><sheets>{sheets}</sheets></workbook>"


def _relations(*targets: tuple[str, str]) -> str:
    found = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for place, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_RELATIONS}">{found}</Relationships>'


def _content_types() -> str:
    overrides = {
        "/xl/workbook.xml": f"{_KIND}.sheet.main+xml",
        "/xl/worksheets/sheet1.xml": f"{_KIND}.worksheet+xml",
        "/xl/worksheets/sheet2.xml": f"{_KIND}.worksheet+xml",
        "/xl/styles.xml": f"{_KIND}.styles+xml",
    }
    found = "".join(
        f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items()
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{rels}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{found}</Types>'
    )
