"""The platform's own actions on its pages: decide, archive, restore, change the contact address (C9, C45, C47)."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import contact_change, conversation, review
from helpdesk.enums import ArchiveReason, Decision, EventKind, TicketStatus
from helpdesk.models import Event, Message, Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Filed, Make
from tests.fixtures.pages import Page
from tests.views.steps import csrf, prove, sign_in

S = TicketStatus
LOG = "/platform/complaints/"
TEXT = "The store has to send a new bottle by Sunday."
KEYS = count()


@pytest.fixture
def admin(client: Client, make: Make) -> Client:
    sign_in(client, make.user("platform_admin"))
    return client


def late(make: Make) -> Filed:
    """A complaint that its store has left unanswered for a week."""
    filed = make.complaint(S.PENDING_ADMIN)
    make.clock.move(days=7)
    return filed


def at(filed: Filed, operation: str = "") -> str:
    return f"{LOG}noor/{filed.number}{f'/{operation}' if operation else ''}"


def now(filed: Filed) -> Ticket:
    db.session.rollback()
    return db.session.get_one(Ticket, filed.ticket.id)


def offered(client: Client, address: str) -> set[str]:
    """The words of the buttons that lead to an action."""
    page = client.page(address)
    return {
        link.text
        for box in page.root.all("div", "dl")
        if "data-operations" in box.attributes
        for link in box.all("a")
    }


def listed(client: Client, address: str) -> list[str]:
    """The complaints of a log, in its order."""
    rows = client.page(address).root.all("tr")
    return [row.get("data-title") or _number(row.text) for row in rows if "CMP-" in row.text]


def _number(text: str) -> str:
    return next(word for word in text.split() if word.startswith("CMP-"))


def said(client: Client, response: TestResponse) -> str:
    assert response.status_code == 303, response.text[:500]
    page = client.page(response.headers["Location"])
    return next(one.text for one in page.root.all("div") if one.get("class") == "flashes")


# Decide


@pytest.mark.parametrize("role", ["platform_admin", "platform_reviewer"])
@pytest.mark.parametrize("decision", list(Decision))
def test_a_late_complaint_is_decided_and_the_customer_reads_it(
    client: Client, make: Make, visitors: Visitors, role: str, decision: Decision
) -> None:
    """Row 12: with a text, and then it is the customer's turn."""
    filed = late(make)
    sign_in(client, make.user(role))
    assert "Decide" in offered(client, at(filed))
    answer = client.submit(
        client.get(at(filed, "decide")), {"verdict": decision.value, "text": TEXT}, button="Decide"
    )
    assert "Your decision was sent. Now it is the customer's turn." in said(client, answer)
    assert now(filed).status is S.PENDING_CUSTOMER
    assert "Decide" not in offered(client, at(filed))
    make.clock.move(minutes=1)
    shopper = visitors()
    prove(shopper, filed, make)
    page = shopper.page(f"/s/noor/complaints/{filed.number}")
    assert TEXT in page.text
    words = {Decision.UPHELD: "upheld", Decision.REJECTED: "rejected"}
    assert words[decision] in page.text.casefold()


def test_the_customer_can_be_asked_in_place_of_a_decision(client: Client, make: Make) -> None:
    filed = late(make)
    sign_in(client, make.user("platform_admin"))
    form = client.get(at(filed, "decide"))
    answer = client.submit(form, {"verdict": "ask", "text": "Which bottle?"}, button="Decide")
    assert answer.status_code == 303
    kinds = select(Event.kind).where(Event.ticket_id == filed.ticket.id).order_by(Event.id.desc())
    db.session.rollback()
    assert db.session.scalars(kinds).first() is EventKind.COMPLAINT_ASKED


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"text": TEXT}, "Choose what you decide."),
        ({"verdict": "maybe", "text": TEXT}, "Choose what you decide."),
        ({"verdict": "upheld", "text": " \u200b "}, "Write a message."),
        ({"verdict": "upheld", "text": "a" * 12_001}, "12,001 characters; 12,000 is the most"),
    ],
)
def test_a_decision_that_says_nothing_is_refused_with_all_that_was_typed(
    client: Client, make: Make, given: dict[str, str], complaint: str
) -> None:
    filed = late(make)
    sign_in(client, make.user("platform_admin"))
    answer = client.submit(client.get(at(filed, "decide")), given, button="Decide")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert complaint in page.text
    areas = [one.text for one in page.root.all("textarea")]
    assert areas == [" ".join(given["text"].split())]
    assert now(filed).status is S.PENDING_ADMIN


def test_what_is_in_time_is_not_offered_for_decision_and_a_forged_post_is_refused(
    admin: Client, make: Make
) -> None:
    """409, in plain words, with the text kept."""
    filed = make.complaint(S.PENDING_ADMIN)
    assert "Decide" not in offered(admin, at(filed))
    data = {"csrf_token": csrf(admin), "verdict": "upheld", "text": TEXT, "last_seen": "9" * 9}
    answer = admin.post(at(filed, "decide"), data=data)
    assert answer.status_code == 409
    assert "not late with this complaint" in Page(answer.text).text
    assert TEXT in answer.text
    assert now(filed).status is S.PENDING_ADMIN


def test_a_decision_on_a_thread_that_has_moved_on_is_not_sent(client: Client, make: Make) -> None:
    """X-11: the form knows what its writer had seen."""
    filed = late(make)
    sign_in(client, make.user("platform_admin"))
    form = client.get(at(filed, "decide"))
    customer = make.shopper(filed.ticket)
    with transaction():
        from_customer = conversation.say(filed.ticket, customer, "It is solved.", now=make.clock())
    assert from_customer.id
    answer = client.submit(form, {"verdict": "rejected", "text": TEXT}, button="Decide")
    assert answer.status_code == 409
    assert "Somebody wrote" in Page(answer.text).text
    again = client.submit(answer, button="Decide")
    assert again.status_code == 303


def test_the_same_decision_posted_twice_is_one(client: Client, make: Make) -> None:
    """X-10."""
    filed = late(make)
    sign_in(client, make.user("platform_admin"))
    form = client.get(at(filed, "decide"))
    for _ in range(2):
        answer = client.submit(form, {"verdict": "upheld", "text": TEXT}, button="Decide")
        assert answer.status_code == 303
    db.session.rollback()
    decided = select(Message.id).where(Message.decision.is_not(None))
    assert len(db.session.scalars(decided).all()) == 1


def test_what_waits_for_a_decision_stands_first_and_is_counted_on_the_home_page(
    client: Client, make: Make
) -> None:
    """The view and the card open the same rows, the longest overdue first."""
    first = make.complaint(S.PENDING_ADMIN)
    make.clock.move(days=1)
    second, review_late = make.complaint(S.PENDING_ADMIN), make.complaint()
    make.clock.move(days=10)
    in_time = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("platform_admin"))
    links = {one.text: one.get("href") for one in client.page("/platform/").root.all("a")}
    assert "To decide 2" in links
    assert "Overdue 3" in links
    assert listed(client, links["To decide 2"]) == [first.number, second.number]
    assert listed(client, links["Overdue 3"]) == [first.number, review_late.number, second.number]
    chips = {one.text: one.get("href") for one in client.page(LOG).root.all("a")}
    assert listed(client, chips["To decide"]) == [first.number, second.number]
    assert in_time.number in listed(client, LOG)


def test_a_store_has_no_view_of_what_the_platform_decides(client: Client, make: Make) -> None:
    late(make)
    sign_in(client, make.user("store_owner"))
    words = [one.text for one in client.page("/desk/noor/complaints/").root.all("a")]
    assert not {"To decide", "Archived"} & set(words)
    assert not any(word.startswith("To decide") for word in words)


# Archive and restore


def archive(make: Make, filed: Filed, reason: ArchiveReason = ArchiveReason.SPAM) -> None:
    actor = make.actor("platform_admin")
    with transaction():
        review.archive(filed.ticket, reason, "Canary-Note", actor, now=make.clock())


def test_archiving_takes_a_complaint_out_of_every_list(
    admin: Client, make: Make, visitors: Visitors
) -> None:
    """C9: the platform finds it by its filter; the store does not, but its address still works."""
    spam, kept = make.complaint(S.PENDING_ADMIN), make.complaint(S.PENDING_ADMIN)
    form = admin.get(at(spam, "archive"))
    answer = admin.submit(form, {"reason": "duplicate", "note": "Like CMP-1"}, button="Archive")
    assert f"{spam.number}: The complaint was archived." in said(admin, answer)
    assert now(spam).archive_reason is ArchiveReason.DUPLICATE
    assert listed(admin, LOG) == [kept.number]
    assert listed(admin, f"{LOG}?archived=1") == [spam.number]
    assert listed(admin, f"{LOG}?q=arrived") == [kept.number]
    owner = visitors()
    sign_in(owner, make.user("store_owner"))
    log = "/desk/noor/complaints/"
    assert listed(owner, log) == listed(owner, f"{log}?archived=1") == [kept.number]
    page = owner.page(f"{log}{spam.number}")
    assert f"Archived as a duplicate by {make.platform().name_en}" in page.text
    assert "Like CMP-1" not in page.text
    assert not [one for one in page.root.all("textarea") if one.get("name") == "text"] or (
        "Internal note" in page.text
    )
    assert not {"Add", "Assign", "Ask the customer"} & offered(owner, f"{log}{spam.number}")


def test_no_post_of_the_stores_reaches_an_archived_complaint(client: Client, make: Make) -> None:
    spam = make.complaint(S.PENDING_ADMIN)
    archive(make, spam)
    sign_in(client, make.user("store_owner"))
    version, token = now(spam).version, csrf(client)
    for name, values in (
        ("reply", {"text": TEXT, "last_seen": "9" * 9}),
        ("assign", {"assignee": ""}),
    ):
        address = f"/desk/noor/complaints/{spam.number}/{name}"
        answer = client.post(address, data={"csrf_token": token} | values)
        assert answer.status_code == 409, name
        assert "archived" in Page(answer.text).text.casefold()
    assert now(spam).version == version


def test_the_counts_of_both_sides_leave_the_archived_out(visitors: Visitors, make: Make) -> None:
    """S1-09: cards, chips and the number beside the list."""
    archive(make, make.complaint(S.PENDING_ADMIN))
    late(make)
    for role, home in (("platform_admin", "/platform/"), ("store_owner", "/desk/noor/")):
        client = visitors()
        sign_in(client, make.user(role))
        words = [one.text for one in client.page(home).root.all("a")]
        assert "Waiting for Merchant Response 1" in words
        assert "Overdue 1" in words


def test_an_archived_complaint_is_taken_back(admin: Client, make: Make) -> None:
    spam = make.complaint(S.PENDING_ADMIN)
    archive(make, spam)
    assert {"Restore", "Change contact e-mail"} <= offered(admin, at(spam))
    assert not {"Archive", "Forward to merchant", "Decide"} & offered(admin, at(spam))
    assert "Put into the archive" in admin.page(at(spam)).text
    answer = admin.submit(admin.get(at(spam, "restore")), button="Restore")
    assert "back among the others" in said(admin, answer)
    assert listed(admin, LOG) == [spam.number]


def bulk(client: Client, name: str, keys: list[str], **values: Any) -> str:
    token = {"csrf_token": csrf(client), "idempotency": f"decisions{next(KEYS)}"}
    answer = client.post(f"{LOG}bulk/{name}", data=token | {"key": keys} | values)
    return said(client, answer)


def test_several_are_archived_and_restored_at_once_with_an_honest_report(
    admin: Client, make: Make
) -> None:
    """X-10: each on its own, and why one was not."""
    first, second = make.complaint(), make.complaint(store=make.store("najd"))
    done = make.complaint()
    archive(make, done)
    keys = [f"noor/{first.number}", f"najd/{second.number}", f"noor/{done.number}"]
    assert bulk(admin, "archive", keys, reason="spam") == (
        f"2 changed, 1 refused: This complaint is archived already ({done.number})"
    )
    assert listed(admin, LOG) == []
    assert bulk(admin, "restore", keys) == "3 changed"
    assert sorted(listed(admin, LOG)) == sorted([first.number, second.number, done.number])


def test_archiving_needs_its_reason(admin: Client, make: Make) -> None:
    filed = make.complaint()
    for values in ({"note": "Because."}, {"reason": "dislike", "note": "Because."}):
        answer = admin.submit(admin.get(at(filed, "archive")), values, button="Archive")
        assert answer.status_code == 422
        assert "Choose why it is archived." in Page(answer.text).text
    too_much = {"reason": "spam", "note": "a" * 1001}
    answer = admin.submit(admin.get(at(filed, "archive")), too_much, button="Archive")
    assert answer.status_code == 422
    assert now(filed).archived_at is None


@pytest.mark.parametrize("operation", ["archive", "restore", "contact"])
def test_a_reviewer_is_neither_offered_nor_allowed_what_administrators_do(
    client: Client, make: Make, operation: str
) -> None:
    """Domain 2.2."""
    filed = make.complaint(S.PENDING_ADMIN)
    if operation == "restore":
        archive(make, filed)
    before = now(filed).version
    sign_in(client, make.user("platform_reviewer"))
    words = {"archive": "Archive", "restore": "Restore", "contact": "Change contact e-mail"}
    assert words[operation] not in offered(client, at(filed))
    assert client.get(at(filed, operation)).status_code == 403
    data = {"csrf_token": csrf(client), "reason": "spam", "email": "n@example.org", "checked": "y"}
    assert client.post(at(filed, operation), data=data).status_code == 403
    several = data | {"key": f"noor/{filed.number}"}
    bulk_page = client.post(f"{LOG}bulk/{operation}", data=several)
    assert bulk_page.status_code == (404 if operation == "contact" else 403)
    assert now(filed).version == before


def test_the_customer_of_an_archived_complaint_reads_what_is_true(
    client: Client, make: Make
) -> None:
    """Nothing waits for anybody; a reply is still taken."""
    filed = make.complaint(S.PENDING_ADMIN)
    archive(make, filed)
    prove(client, filed, make)
    address = f"/s/noor/complaints/{filed.number}"
    page = client.page(address)
    assert "Nobody is working on it now." in page.text
    assert "owes you an answer" not in page.text
    assert "spam" not in page.text.casefold()
    assert "Canary-Note" not in page.text
    answer = client.submit(client.get(address), {"text": "I am no spam."}, button="Send")
    assert answer.status_code == 303
    assert "I am no spam." in client.page(address).text


# The contact address


def test_the_contact_address_is_changed_with_reason_and_check(admin: Client, make: Make) -> None:
    """C47."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    form = admin.get(at(filed, "contact"))
    values = {"email": "sara.new@example.org", "reason": "Lost mailbox.", "checked": "y"}
    answer = admin.submit(form, values, button="Change contact e-mail")
    assert "both addresses are told" in said(admin, answer)
    assert now(filed).contact_email == "sara.new@example.org"
    page = admin.page(at(filed))
    assert "s•••@example.com" in page.text
    assert "Lost mailbox." in page.text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"email": "nobody"}, "Enter one e-mail address"),
        ({"email": "a@b.example, c@d.example"}, "Enter one e-mail address"),
        ({"email": "SARA@example.com"}, "the complaint has already"),
        ({"reason": " \u200b"}, "Say why the address changes."),
        ({"checked": ""}, "make sure that it is the same person"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    admin: Client, make: Make, changes: dict[str, str], complaint: str
) -> None:
    filed = make.complaint(email="sara@example.com")
    values = {"email": "sara.new@example.org", "reason": "Lost mailbox.", "checked": "y"} | changes
    answer = admin.submit(admin.get(at(filed, "contact")), values, button="Change contact e-mail")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert complaint in page.text
    typed = [one.get("value") for one in page.root.all("input") if one.get("name") == "email"]
    assert typed == [values["email"]]
    assert now(filed).contact_email == "sara@example.com"


@pytest.mark.parametrize("status", [S.PENDING_CUSTOMER, S.PENDING_ADMIN])
def test_for_a_day_the_customer_is_told_when_closing_is_possible(
    client: Client, make: Make, status: S
) -> None:
    """C47: on the page, and where the button's address is opened all the same."""
    filed = make.complaint(status)
    actor = make.actor("platform_admin")
    with transaction():
        contact_change.change(
            filed.ticket, "n@example.org", "Lost.", actor, checked=True, now=make.clock()
        )
    prove(client, filed, make)
    address = f"/s/noor/complaints/{filed.number}"
    page = client.page(address)
    assert "it can be closed from 07 May 2025 2:27" in page.text.replace("\u202f", " ")
    links = {one.text for one in page.root.all("a")}
    assert not {"Click Here", "Withdraw complaint"} & links
    refused = client.get(f"{address}/close")
    assert refused.status_code == 409
    assert "07 May 2025" in Page(refused.text).text
    make.clock.move(minutes=20)
    client.page(address)
    make.clock.move(hours=24)
    prove(client, filed, make)
    page = client.page(address)
    assert "can be closed from" not in page.text
    wanted = "Click Here" if status is S.PENDING_CUSTOMER else "Withdraw complaint"
    assert wanted in {one.text for one in page.root.all("a")}


# Who has had it


def test_both_sides_and_the_customer_see_who_has_had_the_complaint(
    client: Client, make: Make, visitors: Visitors
) -> None:
    """S1-02: half a day with the platform, then a day and a half with the store."""
    filed = make.complaint()
    make.clock.move(hours=12)
    reviewer = make.actor("platform_reviewer")
    with transaction():
        review.forward(filed.ticket, "", reviewer, now=make.clock())
    make.clock.move(hours=36)
    shares = f"{make.platform().name_en} : 12 hours ( 25% ) Store : 36 hours ( 75% )"
    owner, shopper = visitors(), visitors()
    sign_in(client, make.user("platform_admin"))
    sign_in(owner, make.user("store_owner"))
    prove(shopper, filed, make)
    for visitor, address in (
        (client, at(filed)),
        (owner, f"/desk/noor/complaints/{filed.number}"),
        (shopper, f"/s/noor/complaints/{filed.number}"),
    ):
        page = visitor.page(address)
        legends = [one.text for one in page.root.all("ul") if one.get("class") == "held-legend"]
        assert [" ".join(one.replace(" :", " :").split()) for one in legends] == [shares]
        assert "style" not in {
            name for one in page.root.all("svg", "rect") for name in one.attributes
        }


def test_before_forwarding_the_store_sees_no_shares(client: Client, make: Make) -> None:
    filed = make.complaint()
    make.clock.move(hours=1)
    sign_in(client, make.user("store_owner"))
    assert "Who has had it" not in client.page(f"/desk/noor/complaints/{filed.number}").text
