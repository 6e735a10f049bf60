"""What was read, as a table to take along."""

import csv
import io

from inkread import Reader
from inkread.errors import UnreadablePicture
from inkread.web.handed_in import Handed, Result
from inkread.web.tables import Row, as_csv, as_json, rows_of
from tests.drawing import encode, written

PAGE = encode(written(["27", "386"], (300, 420))[0])


def test_no_name_is_a_formula_in_a_spreadsheet() -> None:
    names = ["=1+1.png", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "page=1.png"]
    texts = ["-12.50", "+7", "1-2", "", "=7"]
    rows = [Row(name, text) for name, text in zip(names, texts, strict=True)]
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [row["name"] for row in read] == [f"'{name}" for name in names[:4]] + [names[4]]
    assert [row["text"] for row in read] == ["-12.50", "+7", "1-2", "", "'=7"]


def test_a_page_whose_numbers_were_all_removed_is_not_called_blank() -> None:
    reading = Reader().read_page(PAGE)
    removed = [
        {"line": place, "text": line.text, "removed": True}
        for place, line in enumerate(reading.lines)
    ]
    (row,) = rows_of([Result(Handed("page.png", PAGE), reading, removed)])
    assert row.verdict == "removed"
    assert '"numbers": []' in as_json([Result(Handed("page.png", PAGE), reading, removed)])


def test_what_cannot_be_read_is_told() -> None:
    problem = UnreadablePicture("needs a picture, got a text file")
    (row,) = rows_of([Result(Handed("a.txt", b""), problem)])
    assert row.problem == "needs a picture, got a text file"
