"""A thousand files that nobody should send, in families: broken, disguised, locked, packed to hurt, oddly named."""

import random
import string
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from PIL import Image

from tests.fixtures import papers
from tests.views.seeds import TEXTS

MARK = b"CANARYSCRIPT"
SCRIPT = b"<script>/*" + MARK + b"*/alert(1)</script>"
LEAST = 1000


@dataclass(frozen=True)
class Bad:
    """One file. `refuse` where no answer but a refusal will do."""

    family: str
    name: str
    content: bytes
    refuse: bool = False


DISGUISED = {
    "html": b"<!doctype html><title>x</title>" + SCRIPT,
    "html with a comment": b"\n \t<!-- x -->" + SCRIPT,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg with a head": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "php": b"<?php system($_GET[0]);",
    "program": papers.PROGRAM,
    "linux program": b"\x7fELF\x02\x01\x01" + bytes(200),
    "java": b"\xca\xfe\xba\xbe\x00\x00\x00\x34" + bytes(200),
    "shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(200),
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "rar": b"Rar!\x1a\x07\x01\x00" + bytes(100),
    "zeros": bytes(5000),
}
ENDINGS = ("jpg", "jpeg", "png", "webp", "pdf", "doc", "docx", "xls", "xlsx", "csv", "txt", "zip")
REFUSED_NAMES = (
    *("a.exe", "report.pdf.exe", "a.svg", "a.html", "a.htm", "a.xhtml", "a.php", "a.js", "a.bat"),
    *("a.docm", "a.xlsm", "a.gif", "a.bmp", "a.tiff", "a.heic", "a.mp4", "a.rar", "a.7z", "a.lnk"),
    *("a", ".", "..", ".htaccess", ".png", "a.", "a.png.", "a.png ", "png", "a.pngx", "a.ｐｎｇ"),
    *("a.png::$DATA", "a.png;.exe", "photo\u202egnp.exe", "a.p\u0131g", "\u200b.png", "\u3164.txt"),
)
"""Some of them become good names when they are made clean; what they become is looked at then."""
ODD_NAMES = (
    *("../../../etc/passwd.txt", "..\\..\\windows\\win.txt", "/etc/cron.d/x.txt", "C:\\x.txt"),
    *("a\x00.txt", "a.exe\x00.txt", "a.txt\x00.exe", "a\r\nSet-Cookie: x=1.txt", "a\nb.txt"),
    *(
        "a\u202etxt.exe.txt",
        "\u202e\u2066.txt",
        "n" * 200 + ".txt",
        "ن" * 200 + ".txt",
        "a." + "t" * 200,
    ),
    *(
        'a"b.txt',
        "a'b.txt",
        "a;b.txt",
        "a%00.txt",
        "a%2e%2e%2fb.txt",
        "<b>x</b>.txt",
        "{{7*7}}.txt",
    ),
    *("CON.txt", "nul.txt", "a:b.txt", "a|b.txt", "-rf.txt", "~.txt", "$(id).txt", "`id`.txt"),
    *(
        "=cmd|' /C calc'!A0.csv",
        "\ufeffa.txt",
        "e\u0301.txt",
        "👩\u200d👧.txt",
        "\ud800.txt",
        " a .txt",
    ),
    *("....//....//a.txt", "a/.txt", "/.txt", "a\\", "a/b/c.txt/", "\u2028a.txt", "a\u0085b.txt"),
    *(f"{text[:300]}.txt" for text in TEXTS.values()),
)


def all_files() -> list[Bad]:
    """At least a thousand, the same each time."""
    dice = random.Random(20_250_506)  # noqa: S311 - the same each time is what is wanted
    found = [one for family in FAMILIES for one in family(dice)]
    goods = list(papers.GOOD.items())
    while len(found) < LEAST:
        name, content = dice.choice(goods)
        found.append(Bad("mutated", name, _mutated(content, dice)))
    return found


def _truncated(dice: random.Random) -> Iterator[Bad]:
    for name, content in papers.GOOD.items():
        for _ in range(10):
            yield Bad("truncated", name, content[: dice.randrange(1, len(content))])


def _flipped(dice: random.Random) -> Iterator[Bad]:
    for name, content in papers.GOOD.items():
        for bits in (1, 1, 1, 1, 2, 4, 8, 16, 32, 64, 128, 256):
            bent = bytearray(content)
            for _ in range(bits):
                bent[dice.randrange(len(bent))] ^= 1 << dice.randrange(8)
            yield Bad("bits flipped", name, bytes(bent))


def _wrong_extension(_dice: random.Random) -> Iterator[Bad]:
    same = {("jpg", "jpeg"), ("jpeg", "jpg"), ("csv", "txt"), ("txt", "csv"), ("docx", "zip")}
    same |= {("xlsx", "zip"), ("pdf", "csv"), ("pdf", "txt")}
    for name, content in papers.GOOD.items():
        own = name.rpartition(".")[2].lower()
        for ending in ENDINGS:
            if ending != own:
                wrong = (own, ending) not in same and not (
                    own in ("jpg", "jpeg") and "jp" in ending
                )
                yield Bad("wrong extension", f"a.{ending}", content, wrong)


def _polyglots(_dice: random.Random) -> Iterator[Bad]:
    archive = papers.packed({"a.html": SCRIPT})
    for name, content in papers.GOOD.items():
        yield Bad("polyglot", name, content + SCRIPT)
        yield Bad("polyglot", name, SCRIPT + content)
        yield Bad("polyglot", name, content + archive)
        yield Bad("polyglot", name, content[:24] + SCRIPT + content[24:])
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    yield Bad("polyglot", "exif.jpg", papers.saved(papers.noise(30, 30), "JPEG", exif=exif))
    yield Bad("polyglot", "pdf.png", papers.picture("PNG") + papers.pdf())
    yield Bad("polyglot", "program.pdf", papers.PROGRAM + papers.pdf(), refuse=True)


def _disguised(_dice: random.Random) -> Iterator[Bad]:
    for content in DISGUISED.values():
        for ending in ENDINGS:
            yield Bad("disguised", f"a.{ending}", content, refuse=True)


def _refused_names(_dice: random.Random) -> Iterator[Bad]:
    for name in REFUSED_NAMES:
        yield Bad("forbidden name", name, papers.GOOD["note.txt"])
        yield Bad("forbidden name", name, papers.GOOD["screen.png"])


def _odd_names(_dice: random.Random) -> Iterator[Bad]:
    for name in ODD_NAMES:
        yield Bad("odd name", name, papers.GOOD["note.txt"])


def _bombs(_dice: random.Random) -> Iterator[Bad]:
    bomb = papers.bomb()
    yield Bad("bomb", "a.zip", bomb, refuse=True)
    for name in ("a.docx", "a.xlsx"):
        good = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
        good["xl/workbook.xml"] = b"<x/>"
        yield Bad("bomb", name, papers.packed(good | {"word/x": bytes(100_000_000)}), refuse=True)
    yield Bad("bomb", "nested.zip", papers.packed({"a.zip": bomb}), refuse=True)
    yield Bad("bomb", "crowd.zip", papers.packed({f"{n}": b"" for n in range(1001)}), refuse=True)
    for width, height in ((30_000, 30_000), (2**31 - 1, 2**31 - 1), (40_000_001, 1), (6400, 6400)):
        yield Bad("bomb", "a.png", papers.claimed_png(width, height), refuse=True)
    yield Bad("bomb", "large.png", papers.picture("PNG", "L", (6300, 6300)))
    yield Bad("bomb", "large.jpg", papers.picture("JPEG", "L", (6300, 6300)))
    yield Bad("bomb", "one-line.png", papers.picture("PNG", "1", (30_000_000, 1)))
    for kind in (b"zTXt", b"iCCP"):
        packed = zlib.compress(bytes(50_000_000))
        yield Bad("bomb", "text.png", _with_chunk(papers.picture("PNG"), kind, b"x\0\0" + packed))
    frames = [Image.new("RGB", (400, 400), (n % 256, 0, 0)) for n in range(100)]
    yield Bad(
        "bomb",
        "long.webp",
        papers.saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
    )
    yield Bad(
        "bomb", "long.png", papers.saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    )
    yield Bad("bomb", "lies.zip", _lying(), refuse=True)
    for ending in ENDINGS:
        yield Bad("too large", f"a.{ending}", b"x" * (10 * 1024 * 1024 + 1), refuse=True)
        yield Bad("empty", f"a.{ending}", b"", refuse=True)
    yield Bad("largest", "a.txt", b"x" * (10 * 1024 * 1024))


def _lying() -> bytes:
    """Seven kilobytes that say 500 bytes and unpack to two gigabytes, as a look at each beginning does."""
    blob, out = bytes(40_000_000), BytesIO()
    with ZipFile(out, "w", ZIP_BZIP2) as archive:
        for number in range(50):
            archive.writestr(f"{number}.txt", blob)
    said = {(len(blob), 10), (zlib.crc32(blob), zlib.crc32(blob[:10]))}
    content = out.getvalue()
    for true, lie in said:
        content = content.replace(struct.pack("<L", true), struct.pack("<L", lie))
    return content


def _with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png[:33] + chunk + png[33:]


def _archives(_dice: random.Random) -> Iterator[Bad]:
    names = (
        "../a.txt",
        "a/../../b.txt",
        "/etc/passwd",
        "..\\a.txt",
        "C:\\a.txt",
        "c:a.txt",
        "a\\..\\b",
    )
    for name in names:
        for kind in (ZIP_STORED, ZIP_DEFLATED):
            yield Bad("archive leads out", "a.zip", _zip(name, kind), refuse=True)
        office = {
            "[Content_Types].xml": b"<T/>",
            "word/document.xml": b"<w/>",
            "xl/workbook.xml": b"x",
        }
        for ending in ("docx", "xlsx"):
            yield Bad(
                "archive leads out",
                f"a.{ending}",
                papers.packed(office | {name: b"x"}),
                refuse=True,
            )
    for inner in ("b.zip", "b.txt", "b.jpg", "b"):
        nested = papers.packed({inner: papers.GOOD["all.zip"]})
        yield Bad("nested archive", "a.zip", nested, refuse=True)
    good = papers.GOOD["all.zip"]
    for spot, value in ((6, 1), (8, 99), (14, 0), (18, 255), (26, 255), (28, 255)):
        yield Bad("bent archive", "a.zip", good[:spot] + bytes([value]) + good[spot + 1 :])
    locked = bytearray(good)
    locked[6] |= 1
    locked[good.index(b"PK\x01\x02") + 8] |= 1
    yield Bad("locked", "a.zip", bytes(locked), refuse=True)
    yield Bad(
        "bent archive",
        "a.zip",
        good[:-22] + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 999, 999, 99, 2**31, 0),
    )


def _zip(name: str, kind: int) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", kind) as archive:
        entry = ZipInfo("place")
        entry.filename = name  # a ZipInfo made with it would tidy it
        archive.writestr(entry, b"x")
    return out.getvalue()


def _macros_and_locks(_dice: random.Random) -> Iterator[Bad]:
    for name in (
        "word/vbaProject.bin",
        "xl/VBAPROJECT.BIN",
        "vbaProject.bin",
        "a/b/vbaproject.bin",
    ):
        yield Bad("macros", "a.docx", papers.docx(**{name: b"x"}), refuse=True)
        book = {"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"x", name: b"x"}
        yield Bad("macros", "a.xlsx", papers.packed(book), refuse=True)
    for ending, stream in (("doc", "WordDocument"), ("xls", "Workbook")):
        yield Bad("macros", f"a.{ending}", papers.ole(stream, "_VBA_PROJECT"), refuse=True)
    for ending in ("doc", "xls", "docx", "xlsx"):
        yield Bad(
            "locked", f"a.{ending}", papers.ole("EncryptedPackage", "WordDocument"), refuse=True
        )
    for trailer in (
        b" /Encrypt 5 0 R",
        b"/Encrypt<</V 2>>",
        b"\n/Encrypt\n5\n0\nR",
        b"/Encrypt\t5 0 R",
    ):
        yield Bad("locked", "a.pdf", papers.pdf(trailer), refuse=True)


def _texts(_dice: random.Random) -> Iterator[Bad]:
    for ending in ("txt", "csv"):
        for content in (b"\xff\xfe\x00\xd8", b"\xfe\xff\x00", b"a\x00b", b"=cmd|' /C calc'!A0,1"):
            yield Bad("text", f"a.{ending}", content)
        for code in ("utf-16", "utf-32", "cp1256", "utf-7"):
            yield Bad("text", f"a.{ending}", papers.ARABIC.encode(code, "replace"))
        yield Bad("text", f"a.{ending}", string.printable.encode() * 100)


FAMILIES: tuple[Callable[[random.Random], Iterator[Bad]], ...] = (
    *(_truncated, _flipped, _wrong_extension, _polyglots, _disguised, _refused_names),
    *(_odd_names, _bombs, _archives, _macros_and_locks, _texts),
)


def _mutated(content: bytes, dice: random.Random) -> bytes:
    """A piece taken out, doubled, or filled with noise."""
    start = dice.randrange(len(content))
    end = min(len(content), start + dice.randrange(1, 64))
    piece = dice.choice(
        (b"", content[start:end] * 2, dice.randbytes(end - start), bytes(end - start))
    )
    return content[:start] + piece + content[end:]
