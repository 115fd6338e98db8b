"""Files in forms: chosen once, and kept while the rest is mended, with and without a script (C12, S2-82, X-09)."""

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import settings
from helpdesk.enums import TicketStatus
from helpdesk.models import Attachment, Message, StagedUpload, Ticket
from tests.fixtures import papers
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import COMPLAINT, Deliver, csrf, prove, sign_in, statements
from tests.views.test_files import bring

S = TicketStatus
Part = tuple[io.BytesIO, str]


def part(name: str, content: bytes | None = None) -> Part:
    return io.BytesIO(papers.GOOD[name] if content is None else content), name


def send(client: Client, *files: Part, **changes: object) -> TestResponse:
    """Fill in the complaint form with files and send it."""
    form = client.get("/s/noor/complaints/new")
    return client.submit(form, {**COMPLAINT, "files": list(files), **changes})


def kept_names() -> list[str]:
    """The files of all messages, message by message."""
    db.session.rollback()
    query = select(Attachment.name).order_by(Attachment.message_id, Attachment.position)
    return list(db.session.scalars(query))


def count(table: type[object]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def waiting(answer: TestResponse) -> list[str]:
    """The files that the form has already, as its page lists them."""
    page = Page(answer.text)
    lines = [one for one in page.root.all("li") if "picked" in one.get("class").split()]
    return [next(line.all("bdi")).text for line in lines]


def errors(answer: TestResponse) -> list[str]:
    """The sentences of the summary, without the marks that keep a name's reading direction to itself."""
    page = Page(answer.text)
    [summary] = [one for one in page.root.all("div") if one.get("class") == "error-summary"]
    return [re.sub("[\u2068\u2069]", "", one.text) for one in summary.all("li")]


# A complaint


def test_a_complaint_takes_one_of_each_kind_of_file_and_both_sides_see_them(
    make: Make, client: Client, visitors: Visitors, mailbox: Mailbox, deliver: Deliver
) -> None:
    """S1-30, C12."""
    make.store()
    names = ["photo.jpg", "شكوى.pdf", "list.xlsx", "sticker.webp", "all.zip"]
    assert send(client, *map(part, names)).status_code == 303
    assert kept_names() == names
    assert count(StagedUpload) == 0
    number = db.session.scalars(select(Ticket.number)).one()
    reviewer = visitors()
    sign_in(reviewer, make.user("platform_reviewer"))
    page = reviewer.page(f"/platform/complaints/noor/{number}")
    for name in names:
        assert name in page.text
    pictures = [one.get("src") for one in page.root.all("img") if one.get("src")]
    assert len(pictures) == 2
    for address in pictures:
        assert reviewer.get(address, buffered=True).status_code == 200
    deliver()
    mails = mailbox.take()
    assert not [one for one in mails for name in names if name in one.text + one.html]


def test_files_stay_while_the_rest_of_the_form_is_mended(make: Make, client: Client) -> None:
    """WCAG 3.3.7, X-09: nothing has to be chosen twice, with no script at all."""
    make.store()
    answer = send(client, part("photo.jpg"), part("شكوى.pdf"), name="")
    assert answer.status_code == 422
    assert waiting(answer) == ["photo.jpg", "شكوى.pdf"]
    assert len([one for one in Page(answer.text).root.all("img") if one.get("src")]) == 1
    again = client.submit(answer, {"name": "", "files": [part("note.txt")]})
    assert waiting(again) == ["photo.jpg", "شكوى.pdf", "note.txt"]
    assert client.submit(again, {"name": "Sara"}).status_code == 303
    assert kept_names() == ["photo.jpg", "شكوى.pdf", "note.txt"]


def test_a_file_that_was_ticked_for_removal_is_left_out(make: Make, client: Client) -> None:
    make.store()
    answer = send(client, part("photo.jpg"), part("note.txt"), name="")
    token = Page(answer.text).form().data["files-kept"][0]
    assert client.submit(answer, {"name": "Sara", "files-drop": token}).status_code == 303
    assert kept_names() == ["note.txt"]


def test_a_bad_file_is_named_and_the_good_ones_are_kept(make: Make, client: Client) -> None:
    """S2-90: an error for each file, in the summary too."""
    make.store()
    bad = part("virus.exe", papers.PROGRAM), part("fake.png", b"<svg/>"), part("empty.txt", b"")
    answer = send(client, part("photo.jpg"), *bad)
    assert answer.status_code == 422
    assert waiting(answer) == ["photo.jpg"]
    said = errors(answer)
    assert [one.split()[0] for one in said] == ["virus.exe", "fake.png", "empty.txt"]
    assert count(Ticket) == 0
    assert client.submit(answer).status_code == 303
    assert kept_names() == ["photo.jpg"]


def test_of_six_files_five_are_kept_and_the_form_says_so(make: Make, client: Client) -> None:
    """S2-69, S2-89, S2-99."""
    make.store()
    answer = send(client, *(part(f"{n}.txt", b"text") for n in range(6)))
    assert answer.status_code == 422
    kept = "0.txt, 1.txt, 2.txt, 3.txt, 4.txt"
    said = "You can only select up to 5 files; kept: {}; left out: {}."
    assert errors(answer) == [said.format(kept, "5.txt")]
    assert waiting(answer) == kept.split(", ")
    more = client.submit(answer, {"files": [part("note.txt"), part("شكوى.pdf")]})
    assert errors(more) == [said.format(kept, "note.txt, شكوى.pdf")]
    assert waiting(more) == kept.split(", ")
    assert client.submit(more).status_code == 303
    assert len(kept_names()) == 5


def test_of_a_heap_of_files_the_first_that_were_left_out_are_named(
    make: Make, client: Client
) -> None:
    make.store()
    heap = [part(f"{n}.txt", b"text") for n in range(12)]
    [said] = errors(send(client, part("virus.exe", papers.PROGRAM), *heap))[1:]
    assert said.endswith(
        "kept: 0.txt, 1.txt, 2.txt, 3.txt; left out: 4.txt, 5.txt, 6.txt, 7.txt, 8.txt, …."
    )
    [alone] = errors(send(client, *[part("a.exe", b"x")] * 5, part("last.txt", b"text")))[5:]
    assert alone.endswith("kept: –; left out: last.txt.")


def test_six_tokens_are_refused_although_each_is_good(make: Make, client: Client) -> None:
    make.store()
    tokens = [_token(bring(client, f"{n}.txt", b"text")) for n in range(6)]
    answer = _post(client, tokens)
    assert answer.status_code == 422
    assert errors(answer) == ["You can only select up to 5 files."]
    assert count(Ticket) == 0


def _token(answer: TestResponse) -> str:
    return next(one.get("value") for one in Page(answer.text).root.all("input"))


def _post(client: Client, tokens: list[str]) -> TestResponse:
    data = {**COMPLAINT, "files-kept": tokens, "csrf_token": csrf(client)}
    return client.post("/s/noor/complaints/new", data=data)


def test_a_script_that_sent_the_files_before_sends_their_tokens(make: Make, client: Client) -> None:
    """The other way: each file on its own, then the form."""
    make.store()
    tokens = [_token(bring(client, name, papers.GOOD[name])) for name in ("photo.jpg", "list.csv")]
    assert _post(client, tokens).status_code == 303
    assert kept_names() == ["photo.jpg", "list.csv"]


def test_a_token_of_another_browser_brings_nothing_along(
    make: Make, client: Client, visitors: Visitors
) -> None:
    """Security, 6."""
    make.store()
    stranger = visitors()
    foreign = _token(bring(stranger, "secret.txt", b"secret"))
    answer = _post(client, [foreign])
    assert answer.status_code == 422
    assert errors(answer) == ["A file you chose is no longer here. Choose it again."]
    assert "secret.txt" not in answer.text
    assert (count(Ticket), count(Attachment), count(StagedUpload)) == (0, 0, 1)
    assert client.submit(answer).status_code == 303
    assert kept_names() == []


@pytest.mark.parametrize("token", ["", "x" * 5000, "\x00", "../../etc/passwd", "' OR 1=1"])
def test_no_token_breaks_the_form(token: str, make: Make, client: Client) -> None:
    make.store()
    assert _post(client, [token]).status_code in {303, 422}


def test_the_same_form_twice_sends_its_files_once(make: Make, client: Client) -> None:
    """X-10: by the form's token, and by its content where the browser fetched the form anew."""
    make.store()
    form = client.get("/s/noor/complaints/new")
    for _ in range(2):
        values = {**COMPLAINT, "files": [part("photo.jpg")]}
        assert client.submit(form, values).status_code == 303
    assert send(client, part("photo.jpg")).status_code == 303
    assert (count(Ticket), kept_names()) == (1, ["photo.jpg"])
    assert send(client, part("note.txt")).status_code == 303
    assert count(Ticket) == 2


def test_a_form_whose_token_is_wrong_takes_no_file(make: Make, client: Client) -> None:
    make.store()
    data = {**COMPLAINT, "files": [part("photo.jpg")], "csrf_token": "foreign"}
    assert client.post("/s/noor/complaints/new", data=data).status_code == 400
    assert count(StagedUpload) == 0


# The size


def test_the_size_follows_the_setting_in_hint_and_check(make: Make, client: Client) -> None:
    """S2-82, C58."""
    make.store()
    admin = make.actor("platform_admin")
    assert "at most 10 MB" in client.page("/s/noor/complaints/new").text
    three = part("big.txt", b"x" * (3 * 1024 * 1024))
    assert send(client, three, name="").status_code == 422
    with transaction():
        settings.change(
            max_upload_mb=2, complaint_platform_review=True, actor=admin, now=make.clock()
        )
    assert "at most 2 MB" in client.page("/s/noor/complaints/new").text
    answer = send(client, part("big.txt", b"x" * (3 * 1024 * 1024)))
    assert errors(answer) == ["big.txt must be smaller than 2 MB."]


def test_five_files_of_the_largest_size_fit_and_far_more_is_told_in_plain_words(
    make: Make, client: Client
) -> None:
    """Without a script a body that is too large gets a page, not a broken connection."""
    make.store()
    full = b"x" * (10 * 1024 * 1024)
    assert send(client, *(part(f"{n}.txt", full) for n in range(5))).status_code == 303
    answer = send(client, *(part(f"{n}.txt", full) for n in range(6)))
    assert answer.status_code == 413
    assert "less at once" in answer.text


def test_forms_without_files_take_no_large_bodies(make: Make, client: Client) -> None:
    make.store()
    for address in ("/s/noor/track", "/login"):
        data = {"csrf_token": csrf(client), "files": [part("a.txt", b"x" * (2 * 1024 * 1024))]}
        assert client.post(address, data=data).status_code == 413


def test_every_form_with_a_file_field_is_sent_where_large_bodies_are_taken(
    make: Make, client: Client, visitors: Visitors
) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    agent, admin = visitors(), visitors()
    sign_in(agent, make.user("agent"))
    sign_in(admin, make.user("platform_admin"))
    pages = (
        (client, "/s/noor/complaints/new"),
        (client, f"/s/noor/complaints/{filed.number}"),
        (agent, f"/desk/noor/complaints/{filed.number}"),
        (agent, f"/desk/noor/complaints/{filed.number}?mode=note"),
        (admin, f"/platform/complaints/noor/{filed.number}"),
    )
    for who, address in pages:
        page = who.page(address)
        forms = [one for one in page.root.all("form") if one.get("enctype")]
        assert [one.get("enctype") for one in forms] == ["multipart/form-data"], address
        target = forms[0].get("action") or address
        large = part("a.txt", b"x" * (2 * 1024 * 1024))
        answer = who.post(target, data={"csrf_token": csrf(who), "files": [large]})
        assert answer.status_code in {409, 422}, (address, answer.status)


# Replies


def test_a_customer_replies_with_files_alone(make: Make, client: Client) -> None:
    """S0-47, S1-18: a text or files are enough; neither is an error."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    address = f"/s/noor/complaints/{filed.number}"
    nothing = client.submit(client.get(address), button="Send")
    assert nothing.status_code == 422
    assert errors(nothing) == ["Write a message or choose a file."]
    sent = client.submit(client.get(address), {"files": [part("photo.jpg")]}, button="Send")
    assert sent.status_code == 303
    assert kept_names() == ["photo.jpg"]
    page = client.page(address)
    assert "photo.jpg" in page.text
    bad = client.submit(client.get(address), {"files": [part("a.exe", b"x")]}, button="Send")
    assert len(errors(bad)) == 1


def test_a_reply_that_came_too_late_keeps_text_and_files(make: Make, client: Client) -> None:
    """X-11: somebody answered meanwhile."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    form = client.get(f"/s/noor/complaints/{filed.number}")
    make.answer(filed.ticket, "One more thing.")
    make.clock.move(minutes=1)
    values = {"text": "See the photo.", "files": [part("photo.jpg")]}
    answer = client.submit(form, values, button="Send")
    assert answer.status_code == 409
    assert waiting(answer) == ["photo.jpg"]
    assert client.submit(answer, button="Send").status_code == 303
    assert kept_names() == ["photo.jpg"]


@pytest.mark.parametrize("mode", ["reply", "ask", "note"])
def test_staff_attach_files_to_whatever_they_write(mode: str, make: Make, client: Client) -> None:
    """S1-24, S2-68: "Attachments"."""
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    form = client.get(f"/desk/noor/complaints/{filed.number}?mode={mode}")
    assert "Attachments" in Page(form.text).text
    button = {"reply": "Add", "ask": "Ask the customer", "note": "Save note"}[mode]
    wordless = client.submit(
        form, {"text": "", "files": [part("list.pdf", papers.pdf())]}, button=button
    )
    assert wordless.status_code == 422
    assert waiting(wordless) == ["list.pdf"]
    assert client.submit(wordless, {"text": "See it."}, button=button).status_code == 303
    assert kept_names() == ["list.pdf"]
    assert "list.pdf" in client.page(f"/desk/noor/complaints/{filed.number}").text


def test_the_platform_answers_and_asks_with_files(make: Make, client: Client) -> None:
    """C45"""
    filed = make.complaint()
    sign_in(client, make.user("platform_reviewer"))
    address = f"/platform/complaints/noor/{filed.number}"
    for mode, button in (("ask", "Ask the customer"), ("reply", "Answer")):
        form = client.get(f"{address}?mode={mode}")
        values = {"text": "Look at it.", "files": [part("note.txt")]}
        assert client.submit(form, values, button=button).status_code == 303, mode
    assert kept_names() == ["note.txt", "note.txt"]


def test_a_reply_that_is_taken_back_has_its_files_in_the_field_again(
    make: Make, client: Client
) -> None:
    """S2-87"""
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    address = f"/desk/noor/complaints/{filed.number}"
    values = {"text": "Here.", "files": [part("photo.jpg")]}
    client.submit(client.get(address), values, button="Add")
    undone = client.submit(client.get(address), button="Undo")
    assert waiting(undone) == ["photo.jpg"]
    assert kept_names() == []
    assert client.submit(undone, button="Add").status_code == 303
    assert kept_names() == ["photo.jpg"]


def test_files_cost_one_question_however_many_messages_have_some(
    make: Make, client: Client, statements_of: Callable[[str], int]
) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    prove(client, filed, make)
    address = f"/s/noor/complaints/{filed.number}"
    counts = []
    for _ in range(2):
        client.submit(client.get(address), {"files": [part("photo.jpg")]}, button="Send")
        counts.append(statements_of(address))
    assert counts == [1, 1]
    assert count(Message) == 4


@pytest.fixture
def statements_of(client: Client) -> Callable[[str], int]:
    """How many questions a page asks about files."""

    def ask(address: str) -> int:
        with statements(client.application) as seen:
            client.page(address)
        return len([one for one in seen if "FROM attachment" in one])

    return ask
