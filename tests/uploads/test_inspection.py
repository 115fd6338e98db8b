"""What a file may be: its name, its type by extension and content, its size, what is in it (S2-70…S2-82, S2-90)."""

import unicodedata
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZipFile

import pytest

from helpdesk.domain.errors import Invalid
from helpdesk.uploads.inspection import KINDS, MEGABYTE, inspect
from helpdesk.uploads.names import read
from helpdesk.uploads.refusals import (
    CROWDED,
    EMPTY,
    LOCKED,
    MACROS,
    NESTED,
    NOT_ALLOWED,
    NOT_ITS_TYPE,
    ODD_NAMES,
    TOO_LARGE,
)
from tests.fixtures import papers

MIMES = {
    "photo.jpg": "image/jpeg",
    "PHOTO.JPEG": "image/jpeg",
    "screen.png": "image/png",
    "sticker.webp": "image/webp",
    "شكوى.pdf": "application/pdf",
    "letter.doc": "application/msword",
    "letter.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "list.xls": "application/vnd.ms-excel",
    "list.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "list.csv": "text/csv",
    "note.txt": "text/plain",
    "all.zip": "application/zip",
}


def refused(name: str, content: bytes, limit_mb: int = 10) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        inspect(name, content, limit_mb=limit_mb)
    assert refusal.value.field == "files"
    return refusal.value


@pytest.mark.parametrize("name", papers.GOOD)
def test_each_of_the_twelve_types_is_taken_whatever_the_case_of_its_extension(name: str) -> None:
    """S2-70…S2-81, C12."""
    for typed in (name, name.upper()):
        found = inspect(typed, papers.GOOD[name], limit_mb=10)
        assert (found.name, found.mime) == (typed, MIMES[name])


@pytest.mark.parametrize("name", papers.GOOD)
def test_no_type_passes_for_another(name: str) -> None:
    """Security, 6: extension and content have to agree."""
    alike = [{"jpg", "jpeg"}, {"csv", "txt"}, {"docx", "zip"}, {"xlsx", "zip"}]
    own = name.rpartition(".")[2].lower()
    for other in (one.rpartition(".")[2].lower() for one in papers.GOOD):
        if other != own and not any({own, other} == pair for pair in alike):
            assert refused(f"x.{other}", papers.GOOD[name]).text == NOT_ITS_TYPE, other


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf.exe", papers.PROGRAM),
        ("abc\u202egnp.exe", papers.PROGRAM),
        ("page.html", b"<html>"),
        ("drawing.svg", b"<svg/>"),
        ("clip.gif", b"GIF89a"),
        ("macro.docm", papers.docx()),
        ("noextension", b"text"),
        (".pdf", papers.pdf()),
        ("photo.png\u200b", papers.picture()),
        ("", b"text"),
        ("\u200b.txt.", b"text"),
    ],
)
def test_any_other_type_is_refused_with_its_name_and_what_would_do(
    name: str, content: bytes
) -> None:
    """S2-90: the file is named, and so are the types."""
    refusal = refused(name, content)
    assert refusal.text == NOT_ALLOWED
    assert refusal.values["name"]
    types, last = refusal.values["types"], refusal.values["last"]
    assert (*types, last) == tuple(ending.upper() for ending in KINDS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.png", papers.PROGRAM),
        ("photo.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("photo.jpg", b"<!doctype html><script>alert(1)</script>"),
        ("paper.pdf", papers.PROGRAM + papers.pdf()),
        ("paper.pdf", b"x" * 2000 + papers.pdf()),
        ("note.txt", b"\n <!DOCTYPE HTML><html>"),
        ("note.txt", b"\xef\xbb\xbf<svg/>"),
        ("note.txt", b"<!-- a --><script>"),
        ("note.csv", b"<?xml version='1.0'?>"),
        ("note.txt", b"<ScRiPt>alert(1)</script>"),
        ("note.txt", b"text\x00text"),
        ("note.txt", papers.PROGRAM),
        ("note.txt", b"\xff\xfea"),
        ("list.csv", b"a;b\x01\x02"),
        ("old.doc", papers.ole("Something")),
        ("old.xls", papers.ole("WordDocument")),
        ("letter.docx", papers.packed({"word/document.xml": b"x"})),
        ("letter.docx", papers.packed({"[Content_Types].xml": b"x", "a.txt": b"x"})),
        ("all.zip", b"PK\x03\x04 and nothing else"),
        ("all.zip", papers.PROGRAM + papers.GOOD["all.zip"]),
        ("all.zip", papers.packed({})),
        ("all.zip", papers.GOOD["all.zip"][:-15]),
        ("all.zip", papers.GOOD["all.zip"][:40] + b"\0" * 8 + papers.GOOD["all.zip"][48:]),
    ],
)
def test_what_only_claims_to_be_of_a_type_is_refused(name: str, content: bytes) -> None:
    """Security, input: `.exe` as `.png`, SVG and HTML as `.png` and `.txt`."""
    assert refused(name, content).text == NOT_ITS_TYPE


@pytest.mark.parametrize(
    "content",
    [
        "plain",
        "a,b\r\n1,2\r\n",
        papers.ARABIC,
        "<3 is no markup, and neither is <b or 1 < 2",
        "MZ is how this sentence begins",
        "page\f break\ttab",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_is_a_text_in_every_usual_encoding(content: str, encoding: str) -> None:
    assert inspect("note.txt", content.encode(encoding), limit_mb=1).kind == "txt"


def test_a_letter_may_begin_with_a_few_words_of_whoever_sent_it_along() -> None:
    """Readers look for the header within the first kilobyte, and so do we."""
    for before in (b"\n", b"scanned by hand\n"):
        assert inspect("a.pdf", before + papers.pdf(), limit_mb=1).kind == "pdf"


def test_a_text_from_an_old_windows_machine_is_taken() -> None:
    assert inspect("note.txt", papers.ARABIC.encode("cp1256"), limit_mb=1).mime == "text/plain"
    assert inspect("liste.csv", "Grüße;naïve".encode("cp1252"), limit_mb=1).mime == "text/csv"


@pytest.mark.parametrize("name", ["a.txt", "a.zip", "a.jpg", "a.docx"])
def test_an_empty_file_is_refused(name: str) -> None:
    assert refused(name, b"").text == EMPTY


@pytest.mark.parametrize("limit", [1, 10])
def test_the_size_may_be_the_limit_and_no_byte_more(limit: int) -> None:
    """S2-82, S2-100, C58."""
    full = b"x" * (limit * MEGABYTE)
    assert inspect("a.txt", full, limit_mb=limit).name == "a.txt"
    refusal = refused("a.txt", full + b"x", limit)
    assert (refusal.text, refusal.values) == (TOO_LARGE, {"name": "a.txt", "limit": limit})


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", papers.pdf(b" /Encrypt 5 0 R"), LOCKED),
        ("a.pdf", papers.pdf(b" /Encrypt << /Filter /Standard >>"), LOCKED),
        ("a.docx", papers.ole("EncryptedPackage"), LOCKED),
        ("a.xls", papers.ole("Workbook", "EncryptedPackage"), LOCKED),
        ("a.docx", papers.docx(**{"word/vbaProject.bin": b"x"}), MACROS),
        ("a.docx", papers.docx(**{"word/VBAPROJECT.BIN": b"x"}), MACROS),
        ("a.doc", papers.ole("WordDocument", "_VBA_PROJECT"), MACROS),
        ("a.zip", papers.bomb(), CROWDED),
        ("a.docx", papers.docx(**{"word/media/x": bytes(100_000_000)}), CROWDED),
        ("a.zip", papers.packed({str(n): b"" for n in range(1001)}), CROWDED),
        ("a.zip", papers.packed({"inner.zip": papers.packed({"a": b"b"})}), NESTED),
        ("a.zip", papers.packed({"inner.txt": papers.packed({"a": b"b"})}), NESTED),
        ("a.zip", papers.packed({"../../etc/passwd": b"x"}), ODD_NAMES),
        ("a.zip", papers.packed({"/etc/passwd": b"x"}), ODD_NAMES),
        ("a.zip", papers.packed({"C:/windows/x": b"x"}), ODD_NAMES),
        ("a.zip", papers.packed({"a\\b": b"x"}), ODD_NAMES),
        ("a.zip", papers.packed({"abXcd": b"x"}).replace(b"abXcd", b"ab\0cd"), ODD_NAMES),
        ("a.xlsx", papers.packed({"a/../b": b"x"}), ODD_NAMES),
    ],
)
def test_what_is_locked_full_of_macros_or_packed_to_hurt_is_refused_for_what_it_is(
    name: str, content: bytes, why: str
) -> None:
    """Security, 6 and input: docx with macros, encrypted PDF, zip bombs, nested zip, `../` and absolute names."""
    assert refused(name, content, 50).text == why


def test_a_bomb_is_small_and_refused_without_being_unpacked() -> None:
    """Security, input: 97 kB → 100 MB."""
    assert len(papers.bomb()) < 100_000


def test_a_locked_archive_is_told_from_a_broken_one() -> None:
    content = bytearray(papers.packed({"a.txt": b"x"}))
    content[6] |= 1  # the local header's flag, and the directory's below
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refused("a.zip", bytes(content)).text == LOCKED


def test_an_archive_in_an_unknown_packing_or_with_a_broken_entry_is_refused() -> None:
    whole = papers.packed({"a.txt": b"text" * 50})
    odd = bytearray(whole)
    odd[8], odd[whole.index(b"PK\x01\x02") + 10] = 9, 9
    assert refused("a.zip", bytes(odd)).text == NOT_ITS_TYPE
    broken = bytearray(whole)
    broken[35:45] = b"\xff" * 10
    assert refused("a.zip", bytes(broken)).text == NOT_ITS_TYPE


def test_an_archive_whose_packed_bytes_mean_nothing_is_refused() -> None:
    """Security, input: never a 500, wherever a bit flipped."""
    content = bytearray(papers.packed({"a.txt": b"text" * 50}))
    content[35] = 0b111  # a block of a kind that there is not
    assert refused("a.zip", bytes(content)).text == NOT_ITS_TYPE


@pytest.mark.parametrize("packing", [ZIP_BZIP2, ZIP_LZMA])
def test_a_packing_that_cannot_be_looked_into_cheaply_is_refused(packing: int) -> None:
    """Seven kilobytes of bzip2 with lying sizes kept a processor busy for five seconds."""
    out = BytesIO()
    with ZipFile(out, "w", packing) as archive:
        archive.writestr("a.txt", b"text" * 50)
    assert refused("a.zip", out.getvalue()).text == NOT_ITS_TYPE


def test_a_directory_that_says_it_is_huge_is_not_even_read() -> None:
    content = papers.packed({"a.txt": b"x"})
    end = content.rindex(b"PK\x05\x06")
    far = content[:end] + b"PK\x06\x07" + bytes(16) + content[end:]
    assert refused("a.zip", far).text == CROWDED
    wide = content[: end + 12] + (2**30).to_bytes(4, "little") + content[end + 16 :]
    assert refused("a.zip", wide).text == CROWDED


def test_documents_in_an_archive_are_no_archives_in_an_archive() -> None:
    content = papers.packed({"letter.docx": papers.docx(), "list.xlsx": papers.xlsx()})
    assert inspect("a.zip", content, limit_mb=1).kind == "zip"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("شكوى.pdf", "شكوى.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\sara\\photo.png", "photo.png"),
        ("a\u202egnp.txt", "agnp.txt"),
        ("a\x00b\x1f\r\n.txt", "ab .txt"),
        ("  two   words .txt ", "two words .txt"),
        ("report.pdf. .", "report.pdf"),
        (unicodedata.normalize("NFD", "Müller.pdf"), "Müller.pdf"),
        ("folder/", "folder"),
        ("\u200b\u2060", ""),
    ],
)
def test_a_name_keeps_what_people_know_it_by_and_loses_what_misleads(typed: str, kept: str) -> None:
    """Security, 6: the name is made clean first and judged then."""
    assert read(typed) == kept


def test_a_long_name_keeps_its_extension() -> None:
    """Domain limits: 120 characters."""
    assert read("x" * 300 + ".docx") == "x" * 115 + ".docx"
    assert read("x" * 300) == "x" * 120
    assert read("a." + "x" * 300) == ""
