"""Drafts in the composer, with a button and without a script (X-12)."""

import io
import re

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import presence
from helpdesk.enums import PresenceState, TicketStatus
from helpdesk.models import Draft, LoginSession, Message, Presence, Ticket
from tests.fixtures import papers
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import csrf, row_counts, sign_in, statements, typed
from tests.views.world import FOR_A_SCRIPT

S = TicketStatus
CANARY = "canarydraft, half a sentence"
LOOK = 6
"""Statements of a question who is there."""


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(S.PENDING_ADMIN)


def at(filed: Filed, query: str = "") -> str:
    return f"/desk/noor/complaints/{filed.number}{query}"


def press(client: Client, page: TestResponse, name: str, **values: object) -> TestResponse:
    """Press one of the draft's buttons, which send the composer's form elsewhere."""
    [button] = [one for one in Page(page.text).root.all("button") if one.text == name]
    data = typed(page, name) | values
    if button.get("name"):
        data[button.get("name")] = button.get("value")
    return client.post(button.get("formaction"), data=data)


def written(response: TestResponse, button: str = "Add") -> str:
    return typed(response, button)["text"]


def drafts() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Draft.body).order_by(Draft.saved_at)))


def test_a_saved_draft_stands_in_the_field_when_its_writer_comes_back(
    client: Client, make: Make, filed: Filed
) -> None:
    """With when it was saved, and a way to let go of it."""
    sign_in(client, make.user("agent"))
    page = client.get(at(filed))
    assert "Draft saved" not in Page(page.text).text
    kept = press(client, page, "Save draft", text=CANARY, resolution="refund")
    assert kept.status_code == 200
    back = typed(kept, "Add")
    assert (back["text"], back["resolution"]) == (CANARY, "refund")
    again = client.get(at(filed))
    assert written(again) == CANARY
    assert "Draft saved 06 May 2025 2:27 PM" in Page(again.text).text
    gone = press(client, again, "Discard draft")
    assert "The draft was discarded." in Page(gone.text).text
    assert written(gone) == ""
    assert drafts() == []
    assert written(client.get(at(filed))) == ""


def test_each_mode_has_its_own(client: Client, make: Make, filed: Filed) -> None:
    sign_in(client, make.user("agent"))
    texts = {"reply": "To the customer", "ask": "A question", "note": "To the team"}
    buttons = {"reply": "Add", "ask": "Ask the customer", "note": "Save note"}
    for mode, text in texts.items():
        press(client, client.get(at(filed, f"?mode={mode}")), "Save draft", text=text)
    for mode, text in texts.items():
        assert written(client.get(at(filed, f"?mode={mode}")), buttons[mode]) == text
    sent = client.submit(client.get(at(filed, "?mode=note")), button="Save note")
    assert sent.status_code == 303
    assert sorted(drafts()) == ["A question", "To the customer"]


def test_nobody_else_ever_sees_it(
    client: Client, make: Make, filed: Filed, visitors: Visitors
) -> None:
    """A canary, on every page of the complaint, for everybody else who may open it."""
    writer = make.user("agent")
    sign_in(client, writer)
    press(client, client.get(at(filed)), "Save draft", text=CANARY)
    press(client, client.get(at(filed, "?mode=note")), "Save draft", text=f"{CANARY} note")
    assert len(drafts()) == 2
    platform = f"/platform/complaints/noor/{filed.number}"
    for role in ("store_owner", "agent", "analyst", "platform_admin"):
        other = visitors()
        sign_in(other, make.user(role))
        address = platform if role == "platform_admin" else at(filed)
        for query in ("", "?mode=note", "?mode=ask", "?show=events"):
            assert "canarydraft" not in other.get(f"{address}{query}").text, role
        preview = other.get(f"{address}/preview", headers=FOR_A_SCRIPT)
        assert "canarydraft" not in preview.text


def test_a_reply_that_is_refused_keeps_its_draft_and_one_that_is_sent_drops_it(
    client: Client, make: Make, filed: Filed
) -> None:
    """X-11: somebody answered meanwhile, and nothing that was typed is lost."""
    sign_in(client, make.user("agent"))
    page = client.get(at(filed))
    press(client, page, "Save draft", text=CANARY)
    make.answer(filed.ticket, "A colleague was faster.")
    refused = client.submit(page, {"text": f"{CANARY}, more"}, button="Add")
    assert refused.status_code == 409
    assert written(refused) == f"{CANARY}, more"
    assert drafts() == [CANARY]
    sent = client.submit(client.get(at(filed)), {"text": f"{CANARY}, more"}, button="Add")
    assert sent.status_code == 303
    assert drafts() == []
    assert written(client.get(at(filed))) == ""


def test_a_script_is_told_in_one_line(client: Client, make: Make, filed: Filed) -> None:
    sign_in(client, make.user("agent"))
    data = {"csrf_token": csrf(client), "mode": "reply"}
    kept = client.post(f"{at(filed)}/draft", data=data | {"text": CANARY}, headers=FOR_A_SCRIPT)
    assert kept.json == {"said": "Draft saved 06 May 2025 2:27 PM"}
    long = data | {"text": "m" * 12_001}
    refused = client.post(f"{at(filed)}/draft", data=long, headers=FOR_A_SCRIPT)
    assert refused.status_code == 422
    assert "12,001 characters" in str(refused.json["said"] if refused.json else "")
    assert drafts() == [CANARY]
    dropped = client.post(f"{at(filed)}/draft", data=data | {"text": ""}, headers=FOR_A_SCRIPT)
    assert dropped.json == {"said": ""}
    assert drafts() == []


def test_a_draft_that_is_too_long_stays_on_the_page(
    client: Client, make: Make, filed: Filed
) -> None:
    sign_in(client, make.user("agent"))
    text = "m" * 12_001
    refused = press(client, client.get(at(filed)), "Save draft", text=text)
    assert refused.status_code == 422
    assert written(refused) == text
    assert drafts() == []


def test_a_card_number_is_kept_masked(client: Client, make: Make, filed: Filed) -> None:
    """S2-85: not in a draft either."""
    sign_in(client, make.user("agent"))
    page = press(client, client.get(at(filed)), "Save draft", text="Card 4111 1111 1111 1111")
    assert "4111 1111" not in page.text
    [kept] = drafts()
    assert "4111 1111" not in kept
    assert kept.endswith("1111")


def test_saving_a_draft_says_nothing_to_anybody(client: Client, make: Make, filed: Filed) -> None:
    sign_in(client, make.user("agent"))
    page = client.get(at(filed))
    quiet = "draft idempotency_key"
    before = row_counts(without=quiet)
    press(client, page, "Save draft", text=CANARY)
    assert row_counts(without=quiet) == before
    assert CANARY not in db.session.scalars(select(Message.body)).all()


# Taking a text along


TO_NOTE, TO_REPLY = "Continue as an internal note", "Continue as a reply to the customer"


@pytest.mark.parametrize(
    ("mode", "name", "there", "heading"),
    [
        ("reply", TO_NOTE, "Save note", "Internal note"),
        ("ask", TO_NOTE, "Save note", "Internal note"),
        ("note", TO_REPLY, "Add", "Reply"),
    ],
)
def test_a_text_and_its_files_are_taken_along_and_nothing_is_sent(
    client: Client, make: Make, filed: Filed, mode: str, name: str, there: str, heading: str
) -> None:
    """S2-87: by a button that says who will read it; nothing stays behind."""
    sign_in(client, make.user("agent"))
    quiet = "draft idempotency_key staged_upload"
    before = row_counts(without=quiet)
    page = client.get(at(filed, f"?mode={mode}"))
    press(client, page, "Save draft", text=CANARY)
    picture = (io.BytesIO(papers.picture()), "label.png")
    moved = press(client, page, name, text=f"{CANARY}, more", files=picture)
    assert moved.status_code == 200
    assert written(moved, there) == f"{CANARY}, more"
    assert "label.png" in Page(moved.text).text
    assert heading in [one.text for one in Page(moved.text).root.all("h2")]
    assert drafts() == [f"{CANARY}, more"]
    assert CANARY not in typed(client.get(at(filed, f"?mode={mode}")), name)["text"]
    assert row_counts(without=quiet) == before
    assert client.submit(moved, button=there).status_code == 303
    assert "label.png" in client.get(at(filed)).text
    assert drafts() == []


def test_it_goes_above_what_was_written_there_and_the_page_says_so_before(
    client: Client, make: Make, filed: Filed
) -> None:
    sign_in(client, make.user("agent"))
    assert "above what you wrote there" not in client.get(at(filed)).text
    press(client, client.get(at(filed, "?mode=note")), "Save draft", text="Earlier")
    page = client.get(at(filed))
    assert "It goes above what you wrote there before." in Page(page.text).text
    moved = press(client, page, TO_NOTE, text="Newer")
    assert written(moved, "Save note").split() == ["Newer", "Earlier"]


def test_a_note_is_not_taken_to_where_nothing_can_be_written_any_more(
    client: Client, make: Make, filed: Filed
) -> None:
    """Its customer closes the complaint meanwhile; the note stays a note."""
    sign_in(client, make.user("agent"))
    make.answer(filed.ticket)
    make.release()
    page = client.get(at(filed, "?mode=note"))
    make.close(filed.ticket)
    refused = press(client, page, TO_REPLY, text=CANARY)
    assert refused.status_code == 409
    assert written(refused, "Save note") == CANARY
    assert TO_REPLY not in client.get(at(filed)).text


def test_a_text_that_is_too_long_with_what_is_there_stays_where_it_is(
    client: Client, make: Make, filed: Filed
) -> None:
    sign_in(client, make.user("agent"))
    press(client, client.get(at(filed, "?mode=note")), "Save draft", text="Earlier")
    refused = press(client, client.get(at(filed)), TO_NOTE, text="m" * 12_000)
    assert refused.status_code == 422
    assert written(refused) == "m" * 12_000
    assert drafts() == ["Earlier"]


def test_a_mode_that_is_none_is_no_place_to_take_a_text_to(
    client: Client, make: Make, filed: Filed
) -> None:
    sign_in(client, make.user("agent"))
    data = {"csrf_token": csrf(client), "mode": "reply", "text": CANARY}
    for to in ("", "close", "\x00"):
        assert client.post(f"{at(filed)}/draft", data=data | {"to": to}).status_code == 404
    assert drafts() == []


# Who else is there


def told(response: TestResponse) -> list[str]:
    root = Page(response.text).root
    return [one.text for one in root.all("p") if one.get("class") == "presence-line"]


def beat(client: Client, filed: Filed, state: str, address: str = "") -> TestResponse:
    data = {"csrf_token": csrf(client), "state": state}
    where = address or at(filed)
    return client.post(f"{where}/presence", data=data, headers=FOR_A_SCRIPT)


def test_colleagues_are_told_of_each_other_by_name_and_the_sides_without(
    client: Client, make: Make, filed: Filed, visitors: Visitors
) -> None:
    """On loading, from what is known, twice: above the actions and in the composer."""
    platform = f"/platform/complaints/noor/{filed.number}"
    omar, layla, rashid = client, visitors(), visitors()
    for browser, role, name in (
        (omar, "agent", "Omar"),
        (layla, "store_owner", "Layla"),
        (rashid, "platform_reviewer", "Rashid"),
    ):
        sign_in(browser, make.user(role, name=name))
    assert told(beat(omar, filed, "writing")) == []
    assert told(beat(layla, filed, "viewing")) == ["Omar is writing a reply…"]
    assert told(beat(rashid, filed, "viewing", platform)) == [
        "Somebody at Noor is writing a reply…",
        "Somebody at Noor has this open.",
    ]
    before = row_counts()
    found = told(layla.get(at(filed)))
    strangers = f"Somebody at {make.platform().name_en} has this open."
    assert found == ["Omar is writing a reply…", strangers] * 2
    assert "Rashid" not in layla.get(at(filed)).text
    assert row_counts() == before, "a GET never writes"


@pytest.mark.parametrize("place", ["desk/noor/complaints", "platform/complaints/noor"])
def test_asking_who_is_there_is_cheap_and_writes_nothing(
    app: Flask, client: Client, make: Make, filed: Filed, visitors: Visitors, place: str
) -> None:
    """An open page asks every five seconds: whose session, where they work, which complaint, who."""
    writer = visitors()
    sign_in(writer, make.user("agent", name="Omar"))
    sign_in(client, make.user("store_owner" if "desk" in place else "platform_admin"))
    beat(writer, filed, "writing")
    address = f"/{place}/{filed.number}/presence"
    client.get(address, headers=FOR_A_SCRIPT)
    before = row_counts()
    with statements(app) as seen:
        answer = client.get(address, headers=FOR_A_SCRIPT)
    assert len(told(answer)) == 1
    assert "is writing" in answer.text
    assert len(answer.text) < 500
    asked = [one for one in seen if one.lstrip().upper().startswith("SELECT")]
    assert len(asked) <= LOOK, asked
    assert not [one for one in seen if re.match(r"\s*(INSERT|UPDATE|DELETE)", one, re.IGNORECASE)]
    assert row_counts() == before


def test_who_leaves_is_not_named_any_more(
    client: Client, make: Make, filed: Filed, visitors: Visitors, clock: Clock
) -> None:
    omar, layla = client, visitors()
    for browser, name in ((omar, "Omar"), (layla, "Layla")):
        sign_in(browser, make.user("agent", name=name))
    beat(omar, filed, "viewing")
    assert told(beat(layla, filed, "viewing")) == ["Omar has this open."]
    beat(omar, filed, "left")
    assert told(layla.get(at(filed))) == []
    beat(omar, filed, "viewing")
    clock.move(seconds=46)
    assert told(layla.get(at(filed))) == []


def test_a_state_that_is_none_is_refused_and_nothing_is_noted(
    client: Client, make: Make, filed: Filed
) -> None:
    sign_in(client, make.user("agent"))
    for state in ("", "asleep", "\x00"):
        assert beat(client, filed, state).status_code == 422
    assert db.session.scalars(select(func.count()).select_from(Presence)).one() == 0


def test_a_page_that_lies_open_keeps_no_session_alive(
    client: Client, make: Make, filed: Filed, clock: Clock
) -> None:
    """Its person may have left the room hours ago."""
    sign_in(client, make.user("agent"))
    client.get(at(filed))
    token = csrf(client)

    def seen() -> object:
        db.session.rollback()
        return db.session.scalars(select(LoginSession.seen_at)).one()

    before = seen()
    for _ in range(3):
        clock.move(minutes=30)
        data = {"csrf_token": token, "state": "viewing"}
        answer = client.post(f"{at(filed)}/presence", data=data, headers=FOR_A_SCRIPT)
        assert answer.status_code == 200
        assert client.get(f"{at(filed)}/presence", headers=FOR_A_SCRIPT).status_code == 200
    assert seen() == before
    client.get(at(filed))
    assert seen() != before


def test_the_worker_forgets_who_was_there_and_what_was_never_sent(
    client: Client, make: Make, filed: Filed, clock: Clock, mailbox: Mailbox
) -> None:
    agent = make.user("agent")
    sign_in(client, agent)
    press(client, client.get(at(filed)), "Save draft", text=CANARY)
    with transaction():
        ticket = db.session.get_one(Ticket, filed.ticket.id)
        presence.note(ticket, PresenceState.VIEWING, make.acting(agent), now=clock())
    clock.move(days=31)
    jobs.minutely(clock)
    db.session.rollback()
    assert drafts() == []
    assert db.session.scalars(select(func.count()).select_from(Presence)).one() == 0
    mailbox.take()
