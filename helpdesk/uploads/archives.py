"""ZIP files, looked at and never unpacked: how much is in them, and what it is called."""

import re
import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from helpdesk.uploads.names import extension
from helpdesk.uploads.refusals import CROWDED, LOCKED, NESTED, NOT_ITS_TYPE, ODD_NAMES, refusal

ENTRIES = 1000
UNPACKED = 200 * 1024 * 1024
RATIO = 100
"""How much larger than itself a file may unpack to; ten to twenty is usual, a bomb has a thousand."""
SMALL = 1024 * 1024
"""What unpacks to less than this may be packed as tightly as it likes."""
PACKINGS = frozenset({ZIP_STORED, ZIP_DEFLATED})
"""Of the others (bzip2, LZMA) no beginning can be read without unpacking what hurts: a few bytes make a hundred MB."""
PACKED_DOCUMENTS = frozenset({"docx", "xlsx", "pptx", "odt", "ods"})
"""Documents that are ZIP files themselves."""

_HEADER = b"PK\x03\x04"
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_LONGEST_COMMENT = 2**16
_DIRECTORY = 1024 * 1024
_DRIVE = re.compile(r"[A-Za-z]:")
_LOCKED = 1


def entries(name: str, content: bytes) -> list[str]:
    """The names of what is in it.

    Raises:
        Invalid: no ZIP file, one that is locked or packed in an unusual way, too much in it, or names that lead out
            of its folder.
    """
    found = _directory(name, content)
    if any(one.flag_bits & _LOCKED for one in found):
        raise refusal(LOCKED, name)
    if any(one.compress_type not in PACKINGS for one in found):
        raise refusal(NOT_ITS_TYPE, name, type=extension(name).upper())
    if any(_leads_out(one.orig_filename) for one in found):
        raise refusal(ODD_NAMES, name)
    unpacked = sum(one.file_size for one in found)
    if unpacked > UNPACKED or unpacked > max(SMALL, RATIO * len(content)):
        raise refusal(CROWDED, name)
    return [one.filename for one in found]


def refuse_nested(name: str, content: bytes) -> None:
    """Refuse an archive in an archive, by its first bytes; a document that is packed by nature is none.

    Raises:
        Invalid: there is one, or an entry cannot be read.
    """
    with ZipFile(BytesIO(content)) as archive:
        for one in archive.infolist():
            try:
                with archive.open(one) as entry:
                    packed = entry.read(len(_HEADER)) == _HEADER
            except (BadZipFile, NotImplementedError, OSError, EOFError, ValueError, zlib.error):
                raise refusal(NOT_ITS_TYPE, name, type="ZIP") from None
            if packed and extension(one.filename) not in PACKED_DOCUMENTS:
                raise refusal(NESTED, name)


def _directory(name: str, content: bytes) -> list[ZipInfo]:
    """The table of contents, read only after its own end says that it is a short one."""
    if not content.startswith(_HEADER):
        raise refusal(NOT_ITS_TYPE, name, type=extension(name).upper())
    end = content.rfind(_END, max(0, len(content) - _LONGEST_COMMENT - 22))
    if end < 0 or len(content) < end + 22:
        raise refusal(NOT_ITS_TYPE, name, type=extension(name).upper())
    count, size = struct.unpack_from("<HL", content, end + 10)
    if count > ENTRIES or size > _DIRECTORY or content[max(0, end - 20) :].startswith(_END_64):
        raise refusal(CROWDED, name)
    try:
        with ZipFile(BytesIO(content)) as archive:
            return archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error):
        raise refusal(NOT_ITS_TYPE, name, type=extension(name).upper()) from None


def _leads_out(name: str) -> bool:
    parts = name.split("/")
    return (
        "\0" in name
        or "\\" in name
        or name.startswith("/")
        or ".." in parts
        or bool(_DRIVE.match(name))
    )
