"""Fetching files: what the answer carries, and to whom it is given (security, 6; S2-82; C12)."""

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import attachments, complaints
from helpdesk.enums import TicketStatus
from helpdesk.models import Attachment, Message, StagedUpload, Store
from helpdesk.uploads import storage, take
from tests.fixtures import papers
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.views.steps import COMPLAINT, csrf, prove, sign_in

S = TicketStatus
NOT_A_PAGE = {"HX-Request": "true"}


def attached(make: Make, filed: Filed, name: str, content: bytes) -> Attachment:
    """A file in a reply of the complaint's customer."""
    customer, store = make.shopper(filed.ticket), filed.ticket.store
    upload = take(name, content, limit_mb=10)
    with transaction():
        staged = attachments.stage(store, upload, customer, now=make.clock())
    with transaction():
        message = complaints.respond(
            filed.ticket, "", customer, files=[staged.token], now=make.clock()
        )
    db.session.rollback()
    return attachments.of_messages([message])[message.id][0]


def bring(client: Client, name: str, content: bytes, **options: object) -> TestResponse:
    """Send one file as the script does."""
    data = {"files": (io.BytesIO(content), name), "csrf_token": csrf(client)}
    headers = {"Accept": "application/json"}
    return client.post("/s/noor/files", data=data | options, headers=headers | NOT_A_PAGE)


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(S.PENDING_CUSTOMER)


# What the answer carries


@pytest.mark.parametrize("name", papers.GOOD)
def test_a_file_can_only_be_saved_and_does_nothing_in_the_browser(
    name: str, filed: Filed, make: Make, client: Client
) -> None:
    """Security, 6: attachment, nosniff, an empty policy, no cache; as it was brought, but for pictures."""
    file = attached(make, filed, name, papers.GOOD[name])
    prove(client, filed, make)
    answer = client.get(f"/files/{file.token}", buffered=True)
    assert answer.status_code == 200
    headers = answer.headers
    assert headers["Content-Disposition"].startswith("attachment; filename")
    assert headers["Content-Type"] == file.mime
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert int(headers["Content-Length"]) == len(answer.data) == file.size
    if file.thumb_name is None:
        assert answer.data == papers.GOOD[name]


def test_an_arabic_name_arrives_whole(filed: Filed, make: Make, client: Client) -> None:
    """RFC 5987: `شكوى.pdf` stays `شكوى.pdf`."""
    file = attached(make, filed, "شكوى.pdf", papers.pdf())
    prove(client, filed, make)
    said = client.get(f"/files/{file.token}", buffered=True).headers["Content-Disposition"]
    assert "filename*=UTF-8''%D8%B4%D9%83%D9%88%D9%89.pdf" in said
    page = client.page(f"/s/noor/complaints/{filed.number}")
    assert "شكوى.pdf" in page.text


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("شكوى.pdf", "file.pdf"),
        ("تقرير 2026.pdf", "file 2026.pdf"),
        ("فاتورة (1).pdf", "file 1.pdf"),
        ("شكوى Noor.pdf", "Noor.pdf"),
        ("Müller.pdf", "Muller.pdf"),
        ("letter.pdf", "letter.pdf"),
    ],
)
def test_a_program_that_reads_no_arabic_names_is_given_one_that_says_something(
    name: str, plain: str, filed: Filed, make: Make, client: Client
) -> None:
    """RFC 6266: not only an extension."""
    file = attached(make, filed, name, papers.pdf())
    prove(client, filed, make)
    said = client.get(f"/files/{file.token}", buffered=True).headers["Content-Disposition"]
    disposition, values = parse_options_header(said)
    assert (disposition, values["filename"]) == ("attachment", name)
    assert said.partition("filename=")[2].partition(";")[0].strip('"') == plain


def test_a_photograph_is_given_out_without_its_place_and_with_a_small_picture(
    filed: Filed, make: Make, client: Client
) -> None:
    """Security, 6: EXIF and GPS gone."""
    file = attached(make, filed, "photo.jpg", papers.photo(800, 600, orientation=6))
    prove(client, filed, make)
    whole = client.get(f"/files/{file.token}", buffered=True)
    assert papers.CAMERA.encode() not in whole.data
    assert not Image.open(io.BytesIO(whole.data)).getexif()
    small = client.get(f"/files/{file.token}/thumb", buffered=True)
    assert small.headers["Content-Type"] == "image/webp"
    assert small.headers["Content-Disposition"] == "inline"
    assert small.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert small.headers["Cache-Control"] == "private, no-store"
    assert Image.open(io.BytesIO(small.data)).size == (240, 320)


def test_what_is_no_picture_has_no_small_one(filed: Filed, make: Make, client: Client) -> None:
    file = attached(make, filed, "a.pdf", papers.pdf())
    prove(client, filed, make)
    assert client.get(f"/files/{file.token}/thumb").status_code == 404


def test_a_file_whose_content_is_lost_is_not_there_and_the_log_says_so(
    filed: Filed, make: Make, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    file = attached(make, filed, "a.pdf", papers.pdf())
    storage.remove([file.stored_name])
    prove(client, filed, make)
    assert client.get(f"/files/{file.token}").status_code == 404
    assert "a stored file is missing" in caplog.text


# Who gets it


def test_only_who_may_read_the_conversation_gets_the_file(
    filed: Filed, make: Make, visitors: Visitors, mailbox: Mailbox
) -> None:
    """Everybody else is told that there is none, in the very words of a file that does not exist."""
    file = attached(make, filed, "a.pdf", papers.pdf())
    another = make.complaint(S.PENDING_CUSTOMER)
    owner, stranger, nobody = visitors(), visitors(), visitors()
    prove(owner, filed, make)
    prove(stranger, another, make)
    found = {"own grant": owner, "other grant": stranger, "anonymous": nobody}
    roles = ("agent", "analyst", "platform_reviewer", "tech_support")
    for role, store in (*((role, "noor") for role in roles), ("store_owner", "najd")):
        found[f"{role} of {store}"] = visitors()
        sign_in(found[f"{role} of {store}"], make.user(role, make.store(store)))
    address = f"/files/{file.token}"
    got = {name: who.get(address, buffered=True).status_code for name, who in found.items()}
    assert {name for name, status in got.items() if status == 200} == {
        "own grant",
        "agent of noor",
        "analyst of noor",
        "platform_reviewer of noor",
    }
    assert set(got.values()) == {200, 404}
    for name, status in got.items():
        if status == 404:
            there, missing = (found[name].get(one) for one in (address, "/files/nosuchfile"))
            assert _plain(there, file.token) == _plain(missing, "nosuchfile")
    mailbox.take()


def _plain(answer: TestResponse, token: str) -> str:
    return answer.text.replace(token, "")


def test_a_member_of_staff_elsewhere_who_is_a_customer_here_gets_their_own_file(
    filed: Filed, make: Make, client: Client
) -> None:
    """Domain 2.1: on `/files` the one that may read wins."""
    file = attached(make, filed, "a.pdf", papers.pdf())
    prove(client, filed, make)
    sign_in(client, make.user("agent", make.store("najd")))
    assert client.get(f"/files/{file.token}", buffered=True).status_code == 200
    make.clock.move(minutes=31)  # the grant is over, the sign-in is not
    assert client.get(f"/files/{file.token}").status_code == 404


def test_fetching_writes_nothing(filed: Filed, make: Make, client: Client) -> None:
    file = attached(make, filed, "photo.png", papers.picture())
    prove(client, filed, make)
    before = db.session.scalar(select(func.count()).select_from(Message))
    for end in ("", "/thumb"):
        assert client.get(f"/files/{file.token}{end}", buffered=True).status_code == 200
        assert client.head(f"/files/{file.token}{end}").status_code == 200
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Message)) == before


@pytest.mark.parametrize("token", ["..%2f..%2fetc%2fpasswd", "%00", "a" * 3900, "%ff", ".", "x/y"])
def test_nothing_in_the_address_reaches_another_file(token: str, client: Client) -> None:
    for address in (f"/files/{token}", f"/files/{token}/thumb", f"/files/staged/{token}/thumb"):
        answer = client.get(address, buffered=True)
        assert answer.status_code in {308, 404}
        assert "root:" not in answer.text


# Files that wait, sent one by one by a script


def test_a_script_sends_a_file_and_gets_its_line_for_the_form(make: Make, client: Client) -> None:
    make.store()
    answer = bring(client, "photo.png", papers.picture())
    assert answer.status_code == 201
    row = db.session.scalars(select(StagedUpload)).one()
    assert f'name="files-kept" value="{row.token}"' in answer.text
    assert "photo.png" in answer.text
    small = client.get(f"/files/staged/{row.token}/thumb", buffered=True)
    assert small.headers["Content-Type"] == "image/webp"
    assert small.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "virus.exe",
            papers.PROGRAM,
            "virus.exe must be a JPG, JPEG, PNG, WEBP, PDF, DOC, DOCX, XLS, XLSX, CSV, TXT or ZIP.",
        ),
        ("photo.png", papers.PROGRAM, "photo.png is not a real PNG"),
        ("note.txt", b"", "note.txt is empty"),
        ("big.txt", b"x" * (10 * 1024 * 1024 + 1), "big.txt must be smaller than 10 MB"),
        ("huge.png", papers.claimed_png(30_000, 30_000), "more than 40 megapixels"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refused_file_is_answered_with_its_sentence(
    name: str, content: bytes, said: str, make: Make, client: Client
) -> None:
    """S2-90, S2-100."""
    make.store()
    answer = bring(client, name, content)
    assert answer.status_code == 422
    assert said in answer.json["text"]
    assert db.session.scalar(select(func.count()).select_from(StagedUpload)) == 0


def test_no_file_or_two_at_once_are_no_upload(make: Make, client: Client) -> None:
    make.store()
    two = [(io.BytesIO(b"x"), "a.txt"), (io.BytesIO(b"y"), "b.txt")]
    for files in ([], two, "text"):
        data = {"csrf_token": csrf(client), "files": files}
        answer = client.post("/s/noor/files", data=data, headers=NOT_A_PAGE)
        assert answer.status_code == 422


def test_without_the_pages_token_nothing_is_taken(make: Make, client: Client) -> None:
    """Security, input: missing or foreign CSRF token."""
    make.store()
    for token in ("", "foreign"):
        assert bring(client, "a.txt", b"text", csrf_token=token).status_code == 400
    assert db.session.scalar(select(func.count()).select_from(StagedUpload)) == 0


def test_a_waiting_file_is_there_for_its_own_browser_alone(
    make: Make, client: Client, visitors: Visitors, app: Flask
) -> None:
    make.store()
    bring(client, "photo.png", papers.picture())
    row = db.session.scalars(select(StagedUpload)).one()
    stored, stranger = row.stored_name, visitors()
    address = f"/files/staged/{row.token}"
    agent = visitors()
    sign_in(agent, make.user("platform_admin"))
    for other in (stranger, agent):
        assert other.get(f"{address}/thumb").status_code == 404
        refused = other.post(f"{address}/remove", data={"csrf_token": csrf(other)})
        assert refused.status_code == 404
    assert client.get(f"/files/{row.token}").status_code == 404
    removed = client.post(f"{address}/remove", data={"csrf_token": csrf(client)})
    assert removed.status_code == 204
    with app.app_context():
        assert not storage.exists(stored)
        assert not storage.exists(f"{stored}.thumb")
    assert client.get(f"{address}/thumb").status_code == 404


def test_the_sixty_first_file_of_an_hour_has_to_wait_unless_staff_bring_it(
    make: Make, client: Client, visitors: Visitors
) -> None:
    make.store()
    form = csrf(client)
    data = lambda: {"files": (io.BytesIO(b"text"), "a.txt"), "csrf_token": form}  # noqa: E731
    for _ in range(60):
        assert client.post("/s/noor/files", data=data(), headers=NOT_A_PAGE).status_code == 201
    refused = client.post("/s/noor/files", data=data(), headers=NOT_A_PAGE)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 3600
    agent = visitors()
    sign_in(agent, make.user("agent"))
    assert bring(agent, "a.txt", b"text").status_code == 201


def test_when_too_much_is_waiting_a_shopper_is_told_to_come_back_and_nothing_is_kept(
    make: Make, client: Client, visitors: Visitors, app: Flask, tmp_path: Path
) -> None:
    """`STAGED_LIMIT_MB`: by a script and by the plain form; staff are let in."""
    make.store()
    app.config |= {"UPLOADS_URL": str(tmp_path), "STAGED_LIMIT_BYTES": 8}
    assert bring(client, "first.txt", b"12345678").status_code == 201
    refused = bring(visitors(), "next.txt", b"x")
    assert refused.status_code == 429
    assert "Please try again in some minutes" in refused.json["text"]
    assert int(refused.headers["Retry-After"]) > 0
    shopper = visitors()
    form = shopper.get("/s/noor/complaints/new")
    answer = shopper.submit(form, {**COMPLAINT, "files": [(io.BytesIO(b"x"), "last.txt")]})
    assert answer.status_code == 422
    assert "Please try again in some minutes" in answer.text
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 1
    agent = visitors()
    sign_in(agent, make.user("agent"))
    assert bring(agent, "answer.txt", b"text").status_code == 201


def test_a_file_that_cannot_be_written_down_is_not_kept(
    make: Make, client: Client, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.store()
    app.config["UPLOADS_URL"] = str(tmp_path)

    def away(_store: Store, *_more: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(attachments, "stage", away)
    with client.expecting(500):
        assert bring(client, "photo.png", papers.picture()).status_code == 500
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
