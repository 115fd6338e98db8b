"""A list as a file: CSV in chunks, XLSX row by row, and no cell that a spreadsheet would take for a formula."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

import xlsxwriter

from helpdesk.enums import ExportFormat, Lang
from helpdesk.lists.asked import Asked

BATCH = 1_000
SHEET_ROWS = 1_048_575
"""Rows of an XLSX sheet below its headings."""
COLUMN_WIDTH = 22
BOM = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet calculate a text (OWASP, CSV injection)."""
CONTENT_TYPES = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Told = Callable[[int], None]


def defused(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would calculate it."""
    start = unicodedata.normalize(
        "NFKC", text.lstrip(" \n")[:1]
    )  # a full-width sign counts as well
    return f"'{text}" if start in FORMULA_STARTS else text


def csv_chunks(asked: Asked, told: Told | None = None) -> Iterator[str]:
    """The list as CSV, a batch of rows at a time: UTF-8 with a byte order mark, so that Excel reads Arabic."""
    yield BOM + _csv_rows([_headings(asked)])
    written = 0
    for rows in asked.batches(BATCH):
        yield _csv_rows([[_flat(value) for value in row] for row in _values(asked, rows)])
        written += len(rows)
        if told is not None:
            told(written)


def write(
    asked: Asked, file_format: ExportFormat, file: IO[bytes], told: Told | None = None
) -> None:
    """Write the list into `file`. `told` hears how many rows there are so far."""
    if file_format is ExportFormat.CSV:
        file.writelines(chunk.encode() for chunk in csv_chunks(asked, told))
    else:
        _write_xlsx(asked, file, told)


def _write_xlsx(asked: Asked, file: IO[bytes], told: Told | None) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        moment = book.add_format({"num_format": "dd mmm yyyy hh:mm"})
        sheet, line, written = _sheet(book, asked), 0, 0
        for rows in asked.batches(BATCH):
            for row in _values(asked, rows):
                if line == SHEET_ROWS:
                    sheet, line = _sheet(book, asked), 0
                line += 1
                _write_row(sheet, line, row, moment)
            written += len(rows)
            if told is not None:
                told(written)


def _sheet(book: Any, asked: Asked) -> Any:
    sheet = book.add_worksheet()
    if asked.viewer.lang == Lang.AR:
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    headings = _headings(asked)
    sheet.set_column(0, len(headings) - 1, COLUMN_WIDTH)
    sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
    return sheet


def _write_row(sheet: Any, line: int, row: list[Any], moment: Any) -> None:
    for index, value in enumerate(row):
        if isinstance(value, datetime):
            sheet.write_datetime(line, index, value, moment)
        elif isinstance(value, int):
            sheet.write_number(line, index, value)
        else:
            sheet.write_string(line, index, value)


def _headings(asked: Asked) -> list[str]:
    return [str(column.label) for column in asked.columns]


def _values(asked: Asked, rows: list[Any]) -> Iterator[list[Any]]:
    """The shown columns of each row: texts, numbers, and moments without a zone, as they were where the reader is."""
    zone = ZoneInfo(asked.viewer.zone)
    names = [column.name for column in asked.columns]
    for facts in asked.facts(rows):
        yield [_value(facts[name], zone) for name in names]


def _value(fact: Any, zone: ZoneInfo) -> str | int | datetime:
    if isinstance(fact, datetime):
        return fact.astimezone(zone).replace(tzinfo=None)
    if isinstance(fact, dict):
        return str(fact["label"])
    if isinstance(fact, int):
        return fact
    return defused(fact or "")


def _flat(value: str | int | datetime) -> str | int:
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else value


def _csv_rows(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
