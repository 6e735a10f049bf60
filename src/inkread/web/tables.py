"""What was read, as a table to take along: CSV, JSON or a sheet."""

import csv
import io
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import xlsxwriter

from inkread.errors import InkreadError
from inkread.readings import DigitReading, LineReading, PageReading
from inkread.web.handed_in import Result


@dataclass(frozen=True)
class Row:
    """A number that was read, or that the visitor wrote, or a picture without any.

    Attributes:
        name: of the picture's file.
        text: the number as the visitor has it.
        read: the number as it was read; empty where none was.
        confidence: 0–1, of what was read; None where nothing was.
        verdict: of the reading; `mended` or `added` where the visitor did, `removed` where they
            removed all numbers of a picture.
        left: of its box in the picture, px; and so on; None where there is no box.
        top: as `left`.
        width: as `left`.
        height: as `left`.
        problem: why the picture could not be read; empty where it could.
    """

    name: str
    text: str = ""
    read: str = ""
    confidence: float | None = None
    verdict: str = ""
    left: float | None = None
    top: float | None = None
    width: float | None = None
    height: float | None = None
    problem: str = ""


COLUMNS = tuple(Row.__dataclass_fields__)
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,-]*$)")  # not: a number with a sign


def rows_of(results: Iterable[Result]) -> list[Row]:
    """Return a row for each number, and for each picture without."""
    return [row for each in results for row in _rows(each)]


def as_csv(rows: list[Row]) -> str:
    """Return rows as CSV: a line each, after one with the names of the columns."""
    lines = io.StringIO()
    table = csv.DictWriter(lines, COLUMNS)
    table.writeheader()
    table.writerows({name: _plain(value) for name, value in asdict(each).items()} for each in rows)
    return lines.getvalue()


def _plain(value: str | float | None) -> str | float | None:
    """Return what a spreadsheet takes for text: a file's name may be made to be a formula."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def as_xlsx(rows: list[Row]) -> bytes:
    """Return rows as a sheet; the numbers as text, since 007 is not 7."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet("Numbers")
    sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
    for place, row in enumerate(rows, start=1):
        for column, value in enumerate(asdict(row).values()):
            if isinstance(value, str):
                sheet.write_string(place, column, value)
            elif value is not None:
                sheet.write_number(place, column, value)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return content.getvalue()


def as_json(results: list[Result]) -> str:
    """Return results as JSON, with all probabilities, and the numbers as the visitor has them."""
    return json.dumps([_told(each) for each in results], indent=2, ensure_ascii=False) + "\n"


def _told(result: Result) -> dict[str, Any]:
    name = {"name": result.handed.name}
    if isinstance(result.reading, InkreadError):
        return name | {"problem": result.reading.message}
    if isinstance(result.reading, DigitReading):
        now = {} if result.rows is None else {"mended": result.rows[0]["text"]}
        return name | now | result.reading.as_dict()
    numbers = [row.text for row in _numbers(result, result.reading)]
    return name | {"numbers": numbers} | result.reading.as_dict()


def _rows(result: Result) -> list[Row]:
    name, reading = result.handed.name, result.reading
    if isinstance(reading, InkreadError):
        return [Row(name, problem=reading.message)]
    if isinstance(reading, PageReading):
        none = Row(name, verdict="removed" if reading.lines else "blank")
        return _numbers(result, reading) or [none]
    text = "" if reading.digit is None else str(reading.digit)
    read = "" if reading.best is None else str(reading.best)
    if result.rows is not None:
        return [Row(name, result.rows[0]["text"], read, reading.confidence, "mended")]
    return [Row(name, text, read, reading.confidence, reading.verdict)]


def _numbers(result: Result, page: PageReading) -> list[Row]:
    """Return a page's numbers as they were mended, those that were removed left out."""
    name = result.handed.name
    if result.rows is None:
        return [_number(name, line, line.text_with_separators) for line in page.lines]
    rows = []
    for each in result.rows:
        line, text = each["line"], each["text"]
        if line is None and text:
            rows.append(Row(name, text, verdict="added"))
        elif line is not None and not each["removed"]:
            rows.append(_number(name, page.lines[line], text))
    return rows


def _number(name: str, line: LineReading, text: str) -> Row:
    read = line.text_with_separators
    verdict = line.verdict if text == read else "mended"
    left, top, width, height = (round(each, 1) for each in line.box)
    return Row(name, text, read, line.confidence, verdict, left, top, width, height)
