"""Who hears of an event, from which template, in which language: the notification table (S1-52, X-06)."""

from collections.abc import Callable
from typing import Any

import pytest

from helpdesk.db import transaction
from helpdesk.domain import complaints, notifications, review, timeline
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import Channel, CodePurpose, EventKind, Lang, TicketStatus
from helpdesk.models import PlatformSetting, User
from helpdesk.vault import shown_tracking_code
from tests.domain.notices import MERCHANT, PLATFORM, assign, emails, notices, respond, rung, told
from tests.fixtures.factory import Make

S = TicketStatus


def test_a_complaint_that_is_reviewed_is_acknowledged_to_its_sender_alone(
    make: Make, team: dict[str, User]
) -> None:
    """S1-33; the platform hears of it in its digest, the store not yet."""
    filed = make.complaint()
    assert team
    (receipt,) = notices(EventKind.COMPLAINT_SUBMITTED)
    assert (receipt.recipient, receipt.template) == (filed.email, "complaint_received")
    assert receipt.secret == shown_tracking_code(filed.tracking_code)
    assert not receipt.suppressed
    assert receipt.facts["review_by"] == filed.ticket.due_at
    assert receipt.facts["answer_by"] > receipt.facts["review_by"]


def test_without_review_the_store_hears_of_it_at_once(make: Make, team: dict[str, User]) -> None:
    """C11."""
    with transaction() as session:
        session.add(PlatformSetting(key="complaint_platform_review", value=False))
    filed = make.complaint()
    expected = dict.fromkeys(emails(team, *MERCHANT), "complaint_forwarded")
    assert told(EventKind.COMPLAINT_SUBMITTED) == expected | {filed.email: "complaint_received"}
    assert rung(EventKind.COMPLAINT_SUBMITTED) == expected
    receipt = notices(EventKind.COMPLAINT_SUBMITTED)[0]
    assert (receipt.facts["review_by"], receipt.facts["answer_by"]) == (None, filed.ticket.due_at)


def test_a_forwarded_complaint_is_told_to_the_customer_and_to_who_may_answer(
    make: Make, team: dict[str, User]
) -> None:
    """S1-52: the analyst, other stores and who left are not told."""
    filed, reviewer = make.complaint(), make.acting(team["platform_reviewer"])
    with transaction():
        review.forward(filed.ticket, "", reviewer, now=make.clock())
    expected = dict.fromkeys(emails(team, *MERCHANT), "complaint_forwarded")
    assert told(EventKind.COMPLAINT_FORWARDED) == expected | {filed.email: "complaint_status"}
    assert rung(EventKind.COMPLAINT_FORWARDED) == expected
    status = notices(EventKind.COMPLAINT_FORWARDED)[0]
    assert status.facts == {"was": S.UNDER_PLATFORM_REVIEW, "became": S.PENDING_ADMIN}


@pytest.mark.parametrize(
    ("kind", "role", "status"),
    [
        (EventKind.COMPLAINT_ASKED, "platform_reviewer", S.UNDER_PLATFORM_REVIEW),
        (EventKind.COMPLAINT_ANSWERED, "platform_reviewer", S.UNDER_PLATFORM_REVIEW),
        (EventKind.COMPLAINT_ANSWERED, "agent", S.PENDING_ADMIN),
        (EventKind.COMPLAINT_SUPPLEMENTED, "agent", S.PENDING_CUSTOMER),
    ],
)
def test_what_staff_write_is_told_to_the_customer_alone(
    make: Make, team: dict[str, User], kind: EventKind, role: str, status: S
) -> None:
    """C45, C46."""
    filed, actor = make.complaint(status), make.acting(team[role])
    say = complaints.ask if kind is EventKind.COMPLAINT_ASKED else complaints.answer
    with transaction():
        say(filed.ticket, "Which bottle?", actor, last_seen=None, now=make.clock())
    assert told(kind) == {filed.email: "complaint_reply_notice"}
    assert rung(kind) == {}
    assert notices(kind)[0].facts == {"became": S.PENDING_CUSTOMER}


@pytest.mark.parametrize(
    ("status", "roles"), [(S.UNDER_PLATFORM_REVIEW, PLATFORM), (S.PENDING_ADMIN, MERCHANT)]
)
def test_a_customers_reply_is_told_to_the_side_that_has_the_complaint(
    make: Make, team: dict[str, User], status: S, roles: tuple[str, ...]
) -> None:
    """C45: before it was forwarded the store does not even hear of it."""
    respond(make, make.complaint(status).ticket)
    expected = dict.fromkeys(emails(team, *roles), "complaint_customer_reply")
    staff = {one.email for one in team.values()}
    found = told(EventKind.COMPLAINT_CUSTOMER_REPLIED)
    assert {who: template for who, template in found.items() if who in staff} == expected
    assert found == expected
    assert rung(EventKind.COMPLAINT_CUSTOMER_REPLIED) == expected


def test_a_closed_complaint_is_told_to_the_customer(make: Make, team: dict[str, User]) -> None:
    filed = make.complaint(S.CLOSED)
    assert team
    assert told(EventKind.COMPLAINT_CLOSED) == {filed.email: "complaint_closed"}
    assert notices(EventKind.COMPLAINT_CLOSED)[0].facts == {"closed_at": filed.ticket.closed_at}
    assert rung(EventKind.COMPLAINT_CLOSED) == {}


@pytest.mark.parametrize(("active", "expected"), [(True, "complaint_closed"), (False, None)])
def test_a_closed_complaint_rings_for_whoever_is_responsible_and_still_there(
    make: Make, team: dict[str, User], active: bool, expected: str | None
) -> None:
    """Domain 2.6: in the app alone."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    assign(make, filed.ticket, team["agent"], team["store_owner"])
    with transaction():
        team["agent"].active = active
    make.close(filed.ticket)
    assert rung(EventKind.COMPLAINT_CLOSED) == ({team["agent"].email: expected} if expected else {})
    assert told(EventKind.COMPLAINT_CLOSED) == {filed.email: "complaint_closed"}


@pytest.mark.parametrize("active", [True, False])
def test_a_finished_export_rings_for_whoever_asked_for_it(
    make: Make, team: dict[str, User], active: bool
) -> None:
    """Nobody else in the store hears that there is a file, and no mail is sent."""
    owner, noor = team["store_owner"], make.store()
    with transaction():
        owner.active = active
        data = {"export_id": 1, "user_id": owner.id, "list": "complaints"}
        timeline.record(EventKind.EXPORT_FINISHED, SYSTEM, noor, now=make.clock(), data=data)
    assert told(EventKind.EXPORT_FINISHED) == {}
    assert rung(EventKind.EXPORT_FINISHED) == ({owner.email: "export_finished"} if active else {})
    assert {one.store for one in notices(EventKind.EXPORT_FINISHED, Channel.IN_APP)} <= {noor}


@pytest.mark.parametrize("purpose", CodePurpose)
def test_a_code_goes_to_the_mailbox_of_the_complaint_alone(
    make: Make, purpose: CodePurpose
) -> None:
    """S1-44, C17: and not when it is too late."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    code = make.issue(filed.ticket, purpose, make.shopper(filed.ticket))
    (notice,) = notices(EventKind.CODE_ISSUED)
    assert (notice.recipient, notice.template) == (filed.email, f"code_{purpose.value}")
    assert notice.secret == code
    assert notice.expires_at is not None
    assert (notice.expires_at - make.clock()).total_seconds() == 600


@pytest.mark.parametrize("lang", Lang)
def test_everybody_is_written_to_in_their_own_language(make: Make, lang: Lang) -> None:
    """X-06: the customer's, and each member's of staff."""
    people = {one.email: one.lang for one in (make.user(lang=Lang.AR), make.user(lang=Lang.EN))}
    filed = make.complaint(S.PENDING_ADMIN, lang=lang)
    found = {one.recipient: one.lang for one in notices(EventKind.COMPLAINT_FORWARDED)}
    assert {**found} == people | {filed.email: lang}


def test_every_notice_has_a_key_of_its_own(make: Make, team: dict[str, User]) -> None:
    """Domain 2.6: so the same mail is never queued twice, whoever dispatches."""
    filed = make.complaint(S.CLOSED)
    respond_to = timeline.of_ticket(filed.ticket, public_only=False)
    keys = [one.dedup_key for fact in respond_to for one in notifications.of_event(fact)]
    again = [one.dedup_key for fact in respond_to for one in notifications.of_event(fact)]
    assert len(keys) == len(set(keys)) >= 7
    assert again == keys
    assert team


@pytest.mark.parametrize(
    "kind", [EventKind.SIGNED_IN, EventKind.USER_CREATED, EventKind.STORE_CREATED]
)
def test_some_facts_are_told_to_nobody(make: Make, kind: EventKind) -> None:
    user: Any = make.user()
    actor = make.acting(user)
    with transaction():
        timeline.record(kind, actor, user, now=make.clock())
    assert told(kind) == rung(kind) == {}


def submit(
    make: Make, count: int, email: str, move: Callable[..., object] | None = None
) -> list[bool]:
    """Complaints of one mailbox, a minute apart; whether each acknowledgement is held back."""
    held = []
    for _ in range(count):
        make.complaint(email=email)
        held.append(notices(EventKind.COMPLAINT_SUBMITTED)[0].suppressed)
        (move or make.clock.move)(minutes=1)
    return held


def test_a_mailbox_gets_three_acknowledgements_an_hour(make: Make) -> None:
    """Security, 5: the form floods nobody; in any spelling, from any store."""
    assert submit(make, 3, "sara@example.com") == [False] * 3
    assert submit(make, 1, "SARA@example.com") == [True]
    make.complaint(store=make.store("other"), email="sara@example.com")
    assert notices(EventKind.COMPLAINT_SUBMITTED)[0].suppressed
    assert submit(make, 1, "zara@example.com") == [False]
    make.clock.move(hours=1)
    assert submit(make, 1, "sara@example.com") == [False]
