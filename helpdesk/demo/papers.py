"""Files for the demo's conversations: one of each kind that may be sent, made on the spot but for two old formats."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from PIL import Image, ImageDraw

PAPER = (246, 242, 234)
GLASS = (186, 148, 92)
INK = (64, 52, 44)
ORIGINALS = Path(__file__).parent / "originals"


def picture(file_format: str, *, broken: bool) -> bytes:
    """A perfume bottle as its buyer saw it."""
    image = Image.new("RGB", (1200, 900), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((400, 330, 800, 800), 40, fill=GLASS, outline=INK, width=8)
    draw.rectangle((540, 220, 660, 330), fill=INK)
    draw.rectangle((460, 480, 740, 640), fill=PAPER, outline=INK, width=4)
    if broken:
        draw.line((430, 350, 560, 470, 500, 560, 660, 690, 610, 790), fill=PAPER, width=14)
        draw.polygon(((690, 760), (820, 830), (700, 850)), fill=GLASS, outline=INK)
        draw.ellipse((330, 800, 900, 880), fill=(214, 190, 150))
    return _saved(image, file_format)


def label(file_format: str) -> bytes:
    """The sticker on a parcel."""
    image = Image.new("RGB", (900, 600), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 880, 580), outline=INK, width=6)
    for place in range(60):
        draw.rectangle((80 + place * 12, 320, 80 + place * 12 + place % 5 + 2, 520), fill=INK)
    draw.rectangle((80, 80, 620, 130), fill=INK)
    draw.rectangle((80, 170, 480, 200), fill=GLASS)
    draw.rectangle((80, 230, 540, 260), fill=GLASS)
    return _saved(image, file_format)


def _saved(image: Image.Image, file_format: str) -> bytes:
    kept = BytesIO()
    image.save(kept, file_format, quality=85)
    return kept.getvalue()


def pdf(line: str) -> bytes:
    """One page with one line on it (ISO 32000: header, four objects, cross-reference table, trailer)."""
    text = f"BT /F1 18 Tf 72 720 Td ({line}) Tj ET"
    bodies = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ),
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
    )
    made, places = "%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{body}\nendobj\n"
    begin = len(made)
    made += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n"
    made += "".join(f"{place:010} 00000 n \n" for place in places)
    made += f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF\n"
    return made.encode("ascii")


def docx(line: str) -> bytes:
    """A letter of one paragraph (ECMA-376)."""
    office = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="rId1"'
        f' Type="{office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{office}/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        f"<w:t>{line}</w:t></w:r></w:p></w:body></w:document>",
    }
    declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return zipped({name: (declared + part).encode() for name, part in parts.items()})


def xlsx(rows: list[list[str]]) -> bytes:
    """A sheet with these rows."""
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return kept.getvalue()


def zipped(entries: dict[str, bytes]) -> bytes:
    """These files in one archive."""
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return kept.getvalue()


def original(name: str) -> bytes:
    """`letter.doc` or `costs.xls`, saved by an office program in the formats of 1997."""
    return (ORIGINALS / name).read_bytes()


PAPERS: dict[str, Callable[[], bytes]] = {
    "زجاجة مكسورة.jpg": lambda: picture("JPEG", broken=True),
    "ملصق الشحنة.webp": lambda: label("WEBP"),
    "شكوى.pdf": lambda: pdf("Complaint about order 1021"),
    "bottle.jpeg": lambda: picture("JPEG", broken=False),
    "receipt.png": lambda: label("PNG"),
    "letter.doc": lambda: original("letter.doc"),
    "letter.docx": lambda: docx("The carrier's report number is 4471."),
    "costs.xls": lambda: original("costs.xls"),
    "costs.xlsx": lambda: xlsx([["Item", "Paid"], ["Amber 100 ml", "210.00"]]),
    "charges.csv": lambda: b"Date,Amount\n2026-11-02,340.00\n2026-11-02,340.00\n",
    "notes.txt": lambda: b"Charged twice within a minute. The bank says both went through.\n",
    "photos.zip": lambda: zipped(
        {"front.png": label("PNG"), "note.txt": b"The box, from the front."}
    ),
}
"""By the name that people see: every kind that may be sent, some with Arabic names."""
