"""A thousand hostile files through the route that takes files, and what was taken back through the one that serves."""

import io
import os
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from helpdesk.db import db
from helpdesk.enums import TicketStatus
from helpdesk.models import Attachment, StagedUpload
from helpdesk.uploads.inspection import KINDS
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.hostile.ground import NOTES_OF_A_TRY, Ledger, Prober, Tally, not_plain, prober
from tests.hostile.hostile_files import LEAST, MARK, Bad, all_files
from tests.views.steps import csrf, sign_in
from tests.views.world import FOR_A_SCRIPT

SECONDS, MEGABYTES = 20, 800
"""No single file may take more of a processor, or of memory."""
MIMES = {kind.mime for kind in KINDS.values()}
PICTURES = {"image/jpeg", "image/png", "image/webp"}
STATUS = Path("/proc/self/status")


@dataclass
class Watch:
    """Every file that this process opens for writing, while it watches."""

    paths: list[str] = field(default_factory=list)
    awake: bool = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.awake or event not in {"open", "os.rename", "os.mkdir", "os.symlink"}:
            return
        writes = event != "open" or (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and isinstance(arguments[0], str | bytes):
            self.paths.append(os.fsdecode(arguments[0]))


WATCH = Watch()


@pytest.fixture(scope="session", autouse=True)
def _listening() -> None:
    sys.addaudithook(WATCH)  # it cannot be taken away again, so it sleeps


@pytest.fixture
def watch() -> Iterator[Watch]:
    WATCH.paths.clear()
    yield WATCH
    WATCH.awake = False


@dataclass
class Bringer:
    """A member of staff, whom nobody counts, bringing one file after the other."""

    client: Prober
    token: str
    ledger: Ledger
    tally: Tally
    watch: Watch
    storage: Path

    def bring(self, bad: Bad) -> TestResponse:
        body = _body(bad, self.token)
        before, self.watch.awake = _memory("VmRSS"), True
        _forget_the_most()
        started = time.process_time()
        response = self.client.post(
            "/s/noor/files",
            data=body,
            content_type="multipart/form-data; boundary=xXx",
            headers=FOR_A_SCRIPT | {"Accept": "application/json"},
        )
        self.tally.largest("cpu seconds a file", time.process_time() - started)
        self.tally.largest("megabytes a file", _memory("VmHWM") - before)
        self.watch.awake = False
        return response

    def files(self) -> set[str]:
        return {one.name for one in self.storage.rglob("*") if one.is_file()}


def _body(bad: Bad, token: str) -> bytes:
    """As a program sends it: the name whole, whatever is in it."""
    raw = bad.name.encode("utf-8", "surrogatepass")
    named = b"filename*=UTF-8''" + quote(raw, safe="").encode()
    if not set(raw) & set(b'\r\n"\\\x00%;'):
        named = b'filename="' + raw + b'"'
    return (
        b'--xXx\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        + token.encode()
        + b'\r\n--xXx\r\nContent-Disposition: form-data; name="files"; '
        + named
        + b"\r\nContent-Type: text/html\r\n\r\n"
        + bad.content
        + b"\r\n--xXx--\r\n"
    )


def _memory(name: str) -> float:
    lines = dict(line.split(":", 1) for line in STATUS.read_text("utf-8").splitlines())
    return int(lines[name].split()[0]) / 1024


def _forget_the_most() -> None:
    """From here on the kernel notes anew how much memory was needed at the most."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(TicketStatus.PENDING_CUSTOMER)


@pytest.fixture
def bringer(
    app: Flask,
    make: Make,
    filed: Filed,
    tmp_path: Path,
    ledger: Ledger,
    tally: Tally,
    watch: Watch,
    mailbox: Mailbox,
) -> Bringer:
    app.config["UPLOADS_URL"] = str(tmp_path / "files")
    client = prober(app, tally)
    sign_in(client, make.user("agent", filed.ticket.store))
    token = csrf(client)
    mailbox.take()
    ledger.take()
    return Bringer(client, token, ledger, tally, watch, tmp_path / "files")


def test_a_thousand_bad_files_break_nothing_and_leave_nothing_where_it_does_not_belong(
    bringer: Bringer, filed: Filed, tally: Tally, tmp_path: Path, mailbox: Mailbox
) -> None:
    """Security, 6 and input: none breaks the route; who is refused leaves no row and no file."""
    files = all_files()
    assert len(files) >= LEAST
    tokens = [token for bad in files if (token := _tried(bringer, bad))]
    tally.largest("taken", len(tokens))
    tally.largest("refused", len(files) - len(tokens))
    outside = [one for one in bringer.watch.paths if not _belongs(one, tmp_path / "files")]
    for one in outside:
        tally.fault(f"{one} was written")
    assert [one.name for one in tmp_path.iterdir() if one.is_dir()] == ["files"]
    db.session.rollback()
    rows = db.session.scalars(select(StagedUpload)).all()
    known = {name for row in rows for name in (row.stored_name, row.thumb_name) if name}
    assert bringer.files() == known
    for start in range(0, len(tokens), 5):
        _attach(bringer, filed, tokens[start : start + 5])
    db.session.rollback()
    kept = db.session.scalars(select(Attachment)).all()
    assert len(kept) == len(tokens)
    for file in [(one.token, one.mime, one.thumb_name) for one in kept]:
        _serve(bringer, *file)
    assert tally.measured["cpu seconds a file"] < SECONDS
    assert tally.measured["megabytes a file"] < MEGABYTES
    mailbox.take()
    tally.judge()


def _belongs(path: str, storage: Path) -> bool:
    """Or it is a large body on its way, in a file without a name."""
    return path.startswith((str(storage), "/proc/self/")) or path == tempfile.gettempdir()


def _tried(bringer: Bringer, bad: Bad) -> str | None:
    """Bring it; the token, when it was taken."""
    where, before = f"{bad.family} {bad.name[:40]!r} ({len(bad.content)} bytes)", bringer.files()
    response = bringer.bring(bad)
    wrote = bringer.ledger.take()
    if wrote.unclean:
        bringer.tally.fault(f"{where}: wrote {wrote.unclean[0]!r}")
    if response.status_code == 201:
        bringer.tally.written += 1
        if bad.refuse:
            bringer.tally.fault(f"{where}: was taken")
        return next(one.get("value") for one in Page(response.text).root.all("input"))
    if response.status_code not in {400, 413, 422}:
        bringer.tally.fault(f"{where}: answered {response.status_code}")
    if set(wrote.tables) - NOTES_OF_A_TRY or bringer.files() != before:
        bringer.tally.fault(f"{where}: refused, and something was kept")
    if fault := not_plain(response):
        bringer.tally.fault(f"{where}: {fault}")
    return None


def _attach(bringer: Bringer, filed: Filed, tokens: list[str]) -> None:
    address = f"/desk/noor/complaints/{filed.number}/note"
    data = {"text": "Files.", "last_seen": str(2**31 - 1), "csrf_token": bringer.token}
    response = bringer.client.post(address, data=data | {"files-kept": tokens})
    assert response.status_code == 303


def _serve(bringer: Bringer, token: str, mime: str, thumb: str | None) -> None:
    response = bringer.client.get(f"/files/{token}", buffered=True)
    headers = response.headers
    name = _sent_name(headers["Content-Disposition"])
    safe = {
        "its status": response.status_code == 200,
        "its type": headers["Content-Type"] == mime and mime in MIMES,
        "saved, not opened": headers["Content-Disposition"].startswith("attachment"),
        "not sniffed": headers["X-Content-Type-Options"] == "nosniff",
        "its policy": headers["Content-Security-Policy"] == "default-src 'none'; sandbox",
        "not cached": headers["Cache-Control"] == "private, no-store",
        "its name": 0 < len(name) <= 120 and _plain_name(name),
        "drawn anew": mime not in PICTURES or MARK not in response.data,
    }
    for what in [what for what, holds in safe.items() if not holds]:
        bringer.tally.fault(f"{name!r} as {mime}: {what}")
    if thumb:
        small = bringer.client.get(f"/files/{token}/thumb", buffered=True)
        assert max(Image.open(io.BytesIO(small.data)).size) <= 320


def _sent_name(disposition: str) -> str:
    return parse_options_header(disposition)[1].get("filename", "")


def _plain_name(name: str) -> bool:
    harmless = not set(name) & set("/\\\r\n\x00\u202e\u2066")
    return harmless and not any(unicodedata.category(one) == "Cc" for one in name)
