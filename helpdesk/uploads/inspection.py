"""What a file is: by its extension and by its content, which have to agree (S2-70 to S2-81).

Nothing is unpacked, run or rendered here. puremagic is a second opinion, asked where our own leaves room.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import puremagic

from helpdesk.uploads import archives, names
from helpdesk.uploads.refusals import (
    EMPTY,
    LOCKED,
    MACROS,
    NOT_ALLOWED,
    NOT_ITS_TYPE,
    TOO_LARGE,
    refusal,
)

MEGABYTE = 1024 * 1024
NEAR_THE_START = 1024
SURE = 0.5
"""From here on puremagic's word counts; below it guesses from two letters."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R|<<)")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_NO_TEXT = re.compile(
    r"%PDF-|<(!--|(!doctype|\?xml|\?php|html|head|body|title|style|script|iframe|svg)\b)",
    re.IGNORECASE,
)
"""How markup begins, and a PDF that has only letters in it."""


@dataclass(frozen=True)
class Found:
    """What a file turned out to be."""

    name: str
    kind: str
    """Its type, under one name where there are two: `jpg` for JPEG."""
    mime: str


@dataclass(frozen=True)
class Kind:
    """A type that may be brought."""

    mime: str
    check: Callable[[str, bytes], bool]
    """Whether the content is of this type; raises what there is to say beyond that."""


def inspect(typed_name: str, content: bytes, *, limit_mb: int) -> Found:
    """Look at a file, name first.

    Raises:
        Invalid: its type is none of the twelve, its content is another one's, or it is empty, too large, locked,
            full of macros or packed to hurt.
    """
    name = names.read(typed_name)
    ending = names.extension(name)
    if ending not in KINDS:
        raise refusal(NOT_ALLOWED, name, types=TYPES[:-1], last=TYPES[-1])
    if not content:
        raise refusal(EMPTY, name)
    if len(content) > limit_mb * MEGABYTE:
        raise refusal(TOO_LARGE, name, limit=limit_mb)
    kind = KINDS[ending]
    if not kind.check(name, content):
        raise refusal(NOT_ITS_TYPE, name, type=ending.upper())
    return Found(name, "jpg" if ending == "jpeg" else ending, kind.mime)


def _begins(*signature: bytes) -> Callable[[str, bytes], bool]:
    return lambda _name, content: content.startswith(signature)


def _webp(_name: str, content: bytes) -> bool:
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


def _pdf(name: str, content: bytes) -> bool:
    """Readers look for the header near the start, so something else may stand before it, such as a program."""
    start = content[:NEAR_THE_START]
    if b"%PDF-" not in start or _known_as_something_else(start, "pdf"):
        return False
    if _ENCRYPTED_PDF.search(content):
        raise refusal(LOCKED, name)
    return True


def _known_as_something_else(start: bytes, ending: str) -> bool:
    try:
        matches = puremagic.magic_string(start)
    except puremagic.PureError:
        return False
    sure = {one.extension.lstrip(".") for one in matches if one.confidence >= SURE}
    return bool(sure) and ending not in sure


def _ole(*streams: str) -> Callable[[str, bytes], bool]:
    """Word and Excel before 2007 share a container; the directory in it names what it holds."""

    def check(name: str, content: bytes) -> bool:
        if not content.startswith(_OLE):
            return False
        if _mentions(content, "EncryptedPackage"):
            raise refusal(LOCKED, name)
        if _mentions(content, "_VBA_PROJECT"):
            raise refusal(MACROS, name)
        return any(_mentions(content, one) for one in streams)

    return check


def _mentions(content: bytes, stream: str) -> bool:
    """Whether the directory of the container names it; names end with a zero."""
    return f"{stream}\0".encode("utf-16-le") in content


def _office(folder: str) -> Callable[[str, bytes], bool]:
    """Word and Excel since 2007: a ZIP with a table of contents and one folder of its own."""

    def check(name: str, content: bytes) -> bool:
        if content.startswith(_OLE) and _mentions(content, "EncryptedPackage"):
            raise refusal(LOCKED, name)
        entries = archives.entries(name, content)
        if any(one.rpartition("/")[2].lower() == "vbaproject.bin" for one in entries):
            raise refusal(MACROS, name)
        return "[Content_Types].xml" in entries and any(one.startswith(folder) for one in entries)

    return check


def _zip(name: str, content: bytes) -> bool:
    entries = archives.entries(name, content)
    archives.refuse_nested(name, content)
    return bool(entries)


def _text(_name: str, content: bytes) -> bool:
    """Letters and line ends: UTF-8, UTF-16 that says so, or one of the old Windows code pages."""
    text = _decoded(content)
    return text is not None and not _CONTROLS.search(text) and not _NO_TEXT.match(text.lstrip())


def _decoded(content: bytes) -> str | None:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1256"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


_JPEG = Kind("image/jpeg", _begins(b"\xff\xd8\xff"))
_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Kind("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "webp": Kind("image/webp", _webp),
    "pdf": Kind("application/pdf", _pdf),
    "doc": Kind("application/msword", _ole("WordDocument")),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _office("word/")),
    "xls": Kind("application/vnd.ms-excel", _ole("Workbook", "Book")),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _office("xl/")),
    "csv": Kind("text/csv", _text),
    "txt": Kind("text/plain", _text),
    "zip": Kind("application/zip", _zip),
}
"""The twelve types by their extension, in the order of the requirements (C12)."""
TYPES = tuple(ending.upper() for ending in KINDS)
"""Their names, as people are told them."""
