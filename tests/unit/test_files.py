"""A list as a file: nothing in it calculates, nothing is garbled, and it shows what the list shows (S1-05, X-01)."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from helpdesk import files
from helpdesk.db import db
from helpdesk.domain import tenancy
from helpdesk.enums import ExportFormat, Lang, TicketStatus
from helpdesk.language import speaking
from helpdesk.lists.asked import Args, Asked
from helpdesk.lists.complaints import COMPLAINTS
from helpdesk.lists.declaration import Viewer
from tests.fixtures.factory import Make

S = TicketStatus
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
Ask = Callable[..., Asked]

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "   =1+1",
    " \n@x",
    '=HYPERLINK("http://evil.example";"open")',
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_calculate_is_a_text(text: str) -> None:
    assert files.defused(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Sara", "سارة", "1021", "A-77", "a=b", "o'Connor", "'quoted'", "1 - 2", "\n"]
)
def test_every_other_text_stays_as_it_is(text: str) -> None:
    assert files.defused(text) == text


@pytest.fixture
def ask(make: Make) -> Ask:
    """A search of the complaints of noor by one of its people."""
    return lambda role="agent", lang=Lang.EN, **args: _asked(make, role, lang, args)


def _asked(make: Make, role: str, lang: Lang, args: Args) -> Asked:
    place, actor = make.store(), make.actor(role)
    viewer = Viewer(
        actor=actor,
        place=place,
        lang=lang,
        zone=place.timezone,
        now=make.clock(),
        platform="Platform",
    )
    with speaking(lang.value):
        return Asked(COMPLAINTS, args, viewer)


@contextmanager
def reading(asked: Asked) -> Iterator[None]:
    """As the reader would: in their store and language."""
    db.session.rollback()
    with tenancy.scoped(asked.viewer.place), speaking(asked.viewer.lang):
        yield


def table(asked: Asked) -> list[list[str]]:
    with reading(asked):
        text = "".join(files.csv_chunks(asked))
    assert text.startswith("\ufeff")
    assert text.count("\ufeff") == 1
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def workbook(asked: Asked, folder: Path) -> dict[str, str]:
    """The parts of the XLSX file, which is well formed XML throughout."""
    path = folder / "list.xlsx"
    with reading(asked), path.open("wb") as file:
        files.write(asked, ExportFormat.XLSX, file)
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        parts = {name: book.read(name).decode() for name in book.namelist()}
    for part in parts.values():
        ET.fromstring(part)  # noqa: S314 - our own file
    return parts


def cells(part: str) -> list[list[tuple[str, str]]]:
    """Each row's cells: type and value."""
    rows = ET.fromstring(part).iter(f"{SHEET}row")  # noqa: S314 - our own file
    return [
        [(cell.get("t") or "n", "".join(cell.itertext())) for cell in row.iter(f"{SHEET}c")]
        for row in rows
    ]


def test_a_csv_file_carries_every_sign_whole(ask: Ask, make: Make) -> None:
    """A byte order mark, so that Excel reads Arabic; quoting, so that no sign ends a cell."""
    odd = 'Sara "the, boss"; O\'Connor'
    numbers = [make.complaint(name=name).number for name in (odd, "سارة القحطاني", "👩\u200d👧 Ⅷ")]
    rows = {row[0]: row[1] for row in table(ask())[1:]}
    assert rows == dict(zip(numbers, (odd, "سارة القحطاني", "👩\u200d👧 Ⅷ"), strict=True))


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_what_a_shopper_typed_is_never_a_formula(
    sign: str, ask: Ask, make: Make, tmp_path: Path
) -> None:
    typed = f'{sign}HYPERLINK("http://evil.example","x")'
    make.complaint(name=typed, order_number=f"{sign}2+5")
    row = table(ask())[1]
    assert row[1:3] == [f"'{typed}", f"'{sign}2+5"]
    sheet = workbook(ask(), tmp_path)["xl/worksheets/sheet1.xml"]
    assert f"{SHEET}f" not in {one.tag for one in ET.fromstring(sheet).iter()}  # noqa: S314
    assert [kind for kind, _value in cells(sheet)[1][1:3]] == ["inlineStr", "inlineStr"]
    assert "hyperlink" not in sheet.lower().replace("hyperlink(", "")


@pytest.mark.parametrize("text", ["＝1+1", "＋1", "－1", "＠x", "  =1"])
def test_a_sign_of_another_width_or_after_spaces_is_defused_as_well(text: str) -> None:
    assert files.defused(text) == f"'{text}"
    assert files.defused(f"a{text}") == f"a{text}"


def test_exactly_the_shown_columns_are_written_in_the_lists_order(
    ask: Ask, make: Make, tmp_path: Path
) -> None:
    filed = make.complaint()
    chosen = ask(column=["status", "number", "no such column"])
    expected = [["Complaint number", "Complaint status"], [filed.number, "Under review"]]
    got = table(chosen)
    assert got[0] == expected[0]
    assert got[1][0] == expected[1][0]
    sheet = cells(workbook(chosen, tmp_path)["xl/worksheets/sheet1.xml"])
    assert [[value for _kind, value in row] for row in sheet] == got


def test_all_columns_of_a_store_and_none_of_the_platforms(ask: Ask, make: Make) -> None:
    make.complaint()
    assert table(ask())[0] == [
        "Complaint number",
        "Customer name",
        "Order number",
        "Complaint status",
        "Type",
        "Priority",
        "Waiting since",
        "Due",
        "Assignee",
    ]


def test_a_store_is_not_told_what_an_unforwarded_complaint_is_about(ask: Ask, make: Make) -> None:
    make.complaint(order_number="1"), make.complaint(S.PENDING_ADMIN, order_number="2")
    types = {row[2]: row[4] for row in table(ask())[1:]}
    assert types["1"] == ""
    assert types["2"] != ""


def test_an_analyst_is_given_initials(ask: Ask, make: Make) -> None:
    make.complaint(name="Sara Alqahtani")
    assert table(ask("analyst"))[1][1] == "S. A."
    assert table(ask("agent"))[1][1] == "Sara Alqahtani"


def test_the_search_and_the_filters_hold_for_the_file_too(ask: Ask, make: Make) -> None:
    make.complaint(name="Badr")
    wanted = make.complaint(S.PENDING_ADMIN, name="Huda")
    make.complaint(S.PENDING_ADMIN, name="Badr")
    rows = table(ask(q=["huda"], status=["pending_admin"]))
    assert [row[0] for row in rows[1:]] == [wanted.number]


def test_another_stores_rows_are_in_no_file(ask: Ask, make: Make) -> None:
    """X-01."""
    asked = ask()
    make.complaint(store=make.store("najd"), name="Only Elsewhere")
    assert len(table(asked)) == 1


def test_moments_are_those_of_the_readers_place(ask: Ask, make: Make, tmp_path: Path) -> None:
    """In a CSV file as text, in a workbook as a date that a spreadsheet can sort and subtract."""
    make.complaint()
    asked = ask(column=["number", "waiting_since"])
    assert table(asked)[1][1] == "2025-05-06 14:27"
    parts = workbook(asked, tmp_path)
    kind, value = cells(parts["xl/worksheets/sheet1.xml"])[1][1]
    assert kind == "n"
    there = make.clock() + timedelta(hours=3)
    assert abs(EXCEL_EPOCH + timedelta(days=float(value)) - there) < timedelta(seconds=1)
    assert 'formatCode="dd mmm yyyy hh:mm"' in parts["xl/styles.xml"]


@pytest.mark.parametrize(("lang", "turned"), [(Lang.AR, True), (Lang.EN, False)])
def test_a_sheet_reads_from_right_to_left_in_arabic(
    lang: Lang, turned: bool, ask: Ask, make: Make, tmp_path: Path
) -> None:
    make.complaint()
    sheet = workbook(ask(lang=lang), tmp_path)["xl/worksheets/sheet1.xml"]
    assert ('rightToLeft="1"' in sheet) is turned
    headings = [value for _kind, value in cells(sheet)[0]]
    assert any("\u0600" <= char <= "\u06ff" for char in headings[0]) is turned


def test_a_list_longer_than_a_sheet_goes_on_in_the_next(
    ask: Ask, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [make.complaint().number for _ in range(5)]
    monkeypatch.setattr(files, "SHEET_ROWS", 2)
    parts = workbook(ask(), tmp_path)
    sheets = [cells(parts[f"xl/worksheets/sheet{n}.xml"]) for n in (1, 2, 3)]
    assert [len(one) for one in sheets] == [3, 3, 2]
    assert {one[0][0][1] for one in sheets} == {"Complaint number"}
    assert sorted(row[0][1] for one in sheets for row in one[1:]) == sorted(numbers)


@pytest.mark.parametrize("sort", ["recent", "waiting", "due", "created"])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_batches_give_every_row_once_in_the_lists_order(
    sort: str, size: int, ask: Ask, make: Make
) -> None:
    """Also where several came at the same moment."""
    for index in range(6):
        make.complaint()
        if index % 3 == 2:
            make.clock.move(minutes=1)
    asked = ask(sort=[sort])
    with reading(asked):
        ids = [row.id for rows in asked.batches(size) for row in rows]
        whole, _next, _previous = asked.page({})
    assert ids == [row.id for row in whole]
    assert len(set(ids)) == 6


def test_an_empty_list_is_a_file_with_headings(ask: Ask, tmp_path: Path) -> None:
    asked = ask()
    assert len(table(asked)) == 1
    assert len(cells(workbook(asked, tmp_path)["xl/worksheets/sheet1.xml"])) == 1


def test_whoever_waits_hears_how_far_it_is(
    ask: Ask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make.complaint()
    monkeypatch.setattr(files, "BATCH", 2)
    for file_format in ExportFormat:
        heard: list[int] = []
        asked = ask()
        with reading(asked):
            files.write(asked, file_format, io.BytesIO(), heard.append)
        assert heard == [2, 3]
