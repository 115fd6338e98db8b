"""A visit ends when it is finished, or by itself, and says so before (domain limits, "Complaint session")."""

from flask import json

from helpdesk.db import db
from helpdesk.enums import EventKind, TicketStatus
from helpdesk.models import Event
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.steps import csrf, prove, send_complaint, track

LOCK = "Finish and lock"


def test_finish_and_lock_leaves_nothing_open_in_this_browser(
    client: Client, visitors: Visitors, make: Make, clock: Clock
) -> None:
    """Pages 4.7: the complaint, the receipt and the number that was about to be opened."""
    filed, other = make.complaint(), make.complaint()
    send_complaint(client)
    prove(client, filed, make)
    clock.move(minutes=2)
    elsewhere = visitors()
    prove(elsewhere, filed, make)
    track(client, other.number, other.tracking_code)
    page = client.get(f"/s/noor/complaints/{filed.number}")
    locked = client.submit(page, button=LOCK)
    assert locked.headers["Location"] == "/s/noor/complaints/locked"
    told = client.page("/s/noor/complaints/locked")
    assert "you need your complaint number" in told.text
    assert client.get(f"/s/noor/complaints/{filed.number}").status_code == 303
    assert "CMP-" not in client.page("/s/noor/complaints/sent").text
    assert client.get("/s/noor/track/verify").headers["Location"] == "/s/noor/track"
    assert elsewhere.get(f"/s/noor/complaints/{filed.number}").status_code == 200
    db.session.rollback()
    assert db.session.query(Event).filter_by(kind=EventKind.CONTACT_LEFT).count() == 1


def test_pressed_again_it_is_still_locked(client: Client, make: Make) -> None:
    """X-10."""
    filed = make.complaint()
    prove(client, filed, make)
    page = client.get(f"/s/noor/complaints/{filed.number}")
    for _ in range(2):
        answer = client.submit(page, button=LOCK)
        assert answer.headers["Location"] == "/s/noor/complaints/locked"


def test_the_page_says_when_it_locks(client: Client, make: Make, clock: Clock) -> None:
    """WCAG 2.2.1, without JavaScript: and a look at it half an hour later is too late."""
    filed = make.complaint()
    prove(client, filed, make)
    address = f"/s/noor/complaints/{filed.number}"
    assert "locks by itself at 06 May 2025 2:57 PM" in client.page(address).text.replace(
        "\u202f", " "
    )
    clock.move(minutes=10)
    assert "3:07" in client.page(address).text
    clock.move(minutes=30)
    assert client.get(address).status_code == 303


def stay(client: Client) -> int:
    answer = client.post("/s/noor/complaints/stay", data={"csrf_token": csrf(client)})
    return int(json.loads(answer.text)["seconds"])


def test_staying_begins_the_half_hour_anew(client: Client, make: Make, clock: Clock) -> None:
    """WCAG 2.2.1: one press."""
    filed = make.complaint()
    prove(client, filed, make)
    clock.move(minutes=26)
    assert stay(client) == 1800
    clock.move(minutes=29)
    assert client.get(f"/s/noor/complaints/{filed.number}").status_code == 200


def test_what_is_locked_is_not_opened_by_staying(client: Client, make: Make, clock: Clock) -> None:
    filed = make.complaint()
    prove(client, filed, make)
    clock.move(minutes=30)
    assert stay(client) == 0
    assert client.get(f"/s/noor/complaints/{filed.number}").status_code == 303


def test_a_browser_that_proved_nothing_has_nothing_to_stay_at(client: Client, make: Make) -> None:
    make.store()
    assert stay(client) == 0


def test_a_new_complaint_knows_who_writes_from_the_one_that_was_proven(
    client: Client, visitors: Visitors, make: Make
) -> None:
    """WCAG 3.3.7, S1-29: in this store and this browser alone."""
    filed = make.complaint(phone="+966551234567", name="Sara O'Connor")
    make.store("najd")
    prove(client, filed, make)

    def known(browser: Client, store: str = "noor") -> list[str]:
        form = Page(browser.get(f"/s/{store}/complaints/new").text).form()
        return [form.data[name][0] for name in ("name", "email", "phone", "description")]

    own = ["Sara O'Connor", filed.email, "+966551234567"]
    assert [*known(client)[:3]] == own
    assert known(client)[3].strip() == ""
    assert known(client, "najd")[:3] == ["", "", ""]
    assert known(visitors())[:3] == ["", "", ""]


def test_the_address_may_say_order_and_type_and_nonsense_says_nothing(
    client: Client, make: Make
) -> None:
    """C49: any order number, for nobody looks whether it exists."""
    make.store()
    for query, order, kind in [
        ("order=1021&type=late", "1021", "late"),
        ("order=%23١٠٢١&type=DAMAGED", "1021", ""),
        (f"order={'9' * 41}&type=%00", "", ""),
        ("order=%3Cb%3E&name=Eve&email=eve@example.com", "<b>", ""),
    ]:
        form = Page(client.get(f"/s/noor/complaints/new?{query}").text).form()
        assert (form.data["order_number"], form.data["type"]) == ([order], [kind]), query
        assert form.data["name"] == form.data["email"] == [""]


def test_a_refused_form_keeps_what_was_typed_and_not_what_is_known(
    client: Client, make: Make
) -> None:
    filed = make.complaint(name="Sara")
    prove(client, filed, make)
    page = client.get("/s/noor/complaints/new?order=1021&type=late")
    refused = client.submit(page, {"name": "", "order_number": "", "type": "refund"})
    assert refused.status_code == 422
    form = Page(refused.text).form()
    assert form.data["name"] == form.data["order_number"] == [""]
    assert form.data["type"] == ["refund"]


def test_every_type_has_its_hint_as_a_list_without_javascript(client: Client, make: Make) -> None:
    """Pages 4.5: a script shows the one of the chosen type."""
    make.store()
    page = client.page("/s/noor/complaints/new")
    hints = {one.get("data-hint-for"): one.text for one in page.root.all("li")}
    assert "photo of the label" in hints["damaged"]
    options = {one.get("value") for one in page.root.all("option")} - {"", "other"}
    assert options == hints.keys() - {""}


def test_a_closed_complaint_can_be_locked_too(client: Client, make: Make) -> None:
    filed = make.complaint(TicketStatus.CLOSED)
    prove(client, filed, make)
    page = client.get(f"/s/noor/complaints/{filed.number}")
    assert client.submit(page, button=LOCK).status_code == 303
    assert client.get(f"/s/noor/complaints/{filed.number}").status_code == 303
