"""Drafts: kept for one person, one complaint and one purpose, until they are sent (X-12)."""

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, drafts, notes
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, Refusal, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import DraftMode, TicketStatus
from helpdesk.models import MESSAGE_LIMIT, Draft
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make

REPLY, NOTE = DraftMode.REPLY, DraftMode.NOTE
S = TicketStatus


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(S.PENDING_ADMIN)


def keep(make: Make, filed: Filed, text: str, actor: Actor, mode: DraftMode = REPLY) -> bool:
    with transaction():
        kept = drafts.keep(make.find(filed.number), mode, text, actor, now=make.clock())
    return kept is not None


def of(make: Make, filed: Filed, actor: Actor) -> dict[DraftMode, str]:
    kept = drafts.of(make.find(filed.number), actor)
    return {mode: draft.body for mode, draft in kept.items()}


def answer(make: Make, filed: Filed, text: str, actor: Actor, last_seen: int | None = None) -> None:
    with transaction():
        ticket = make.find(filed.number)
        complaints.answer(ticket, text, actor, last_seen=last_seen, now=make.clock())


def count_drafts() -> int:
    db.session.rollback()
    return db.session.scalars(select(func.count()).select_from(Draft)).one()


def test_a_draft_is_found_by_its_writer_and_by_nobody_else(make: Make, filed: Filed) -> None:
    writer = make.actor("agent")
    assert keep(make, filed, "canary of a draft", writer)
    assert of(make, filed, writer) == {REPLY: "canary of a draft"}
    for role in ("store_owner", "agent", "analyst", "platform_admin", "platform_reviewer"):
        assert of(make, filed, make.actor(role)) == {}
    assert of(make, make.complaint(S.PENDING_ADMIN), writer) == {}


def test_a_later_text_takes_the_place_of_the_earlier(
    make: Make, filed: Filed, clock: Clock
) -> None:
    writer = make.actor("agent")
    keep(make, filed, "One", writer)
    clock.move(minutes=1)
    keep(make, filed, "  One and\r\ntwo \x00", writer)
    [draft] = drafts.of(make.find(filed.number), writer).values()
    assert (draft.body, draft.saved_at) == ("One and\ntwo", clock())


def test_a_reply_and_a_note_are_kept_beside_each_other(make: Make, filed: Filed) -> None:
    writer = make.actor("agent")
    keep(make, filed, "To the customer", writer)
    keep(make, filed, "To the team", writer, NOTE)
    assert of(make, filed, writer) == {REPLY: "To the customer", NOTE: "To the team"}
    with transaction():
        drafts.drop(make.find(filed.number), NOTE, writer)
    assert of(make, filed, writer) == {REPLY: "To the customer"}


@pytest.mark.parametrize("emptied", ["", "  \u200b \n"])
def test_an_empty_text_drops_the_draft(emptied: str, make: Make, filed: Filed) -> None:
    writer = make.actor("agent")
    keep(make, filed, "Never mind", writer)
    assert not keep(make, filed, emptied, writer)
    assert count_drafts() == 0


def test_what_was_sent_is_no_draft_any_more(make: Make, filed: Filed) -> None:
    writer, colleague = make.actor("agent"), make.actor("agent")
    for actor in (writer, colleague):
        keep(make, filed, "We send a new bottle.", actor)
        keep(make, filed, "A note", actor, NOTE)
    answer(make, filed, "We send a new bottle.", writer)
    assert of(make, filed, writer) == {NOTE: "A note"}
    assert REPLY in of(make, filed, colleague)
    with transaction():
        notes.write(make.find(filed.number), "A note", writer, last_seen=None, now=make.clock())
    assert of(make, filed, writer) == {}
    assert NOTE in of(make, filed, colleague)


def test_a_script_that_is_late_brings_no_sent_text_back(make: Make, filed: Filed) -> None:
    """The last "keep this" may arrive after the reply itself."""
    writer = make.actor("agent")
    answer(make, filed, "We send a new bottle.", writer)
    assert not keep(make, filed, "We send a new bottle.\n", writer)
    assert count_drafts() == 0
    assert keep(make, filed, "And a gift with it.", writer)


def test_a_refused_reply_leaves_its_draft(make: Make, filed: Filed) -> None:
    """X-11: somebody answered meanwhile; the text is not lost."""
    writer = make.actor("agent")
    keep(make, filed, "A long answer", writer)
    make.answer(make.find(filed.number), "A colleague was faster.")
    with pytest.raises(WrongState):
        answer(make, filed, "A long answer", writer, last_seen=0)
    assert of(make, filed, writer) == {REPLY: "A long answer"}


def test_asking_the_customer_leaves_the_answer_that_somebody_has_begun(make: Make) -> None:
    filed, reviewer = make.complaint(), make.actor("platform_reviewer")
    keep(make, filed, "An answer, half of it", reviewer)
    with transaction():
        complaints.ask(
            make.find(filed.number), "Which order?", reviewer, last_seen=None, now=make.clock()
        )
    assert of(make, filed, reviewer) == {REPLY: "An answer, half of it"}


@pytest.mark.parametrize(
    ("role", "status", "mode", "text", "refusal"),
    [
        ("analyst", S.PENDING_ADMIN, REPLY, "Hi", NotAllowed),
        ("analyst", S.PENDING_ADMIN, NOTE, "Hi", NotAllowed),
        ("tech_support", S.PENDING_ADMIN, REPLY, "Hi", NotAllowed),
        ("agent", S.UNDER_PLATFORM_REVIEW, REPLY, "Hi", NotAllowed),
        ("agent", S.PENDING_ADMIN, REPLY, "m" * (MESSAGE_LIMIT + 1), Invalid),
    ],
)
def test_a_refused_draft_leaves_no_trace(
    role: str,
    status: TicketStatus,
    mode: DraftMode,
    text: str,
    refusal: type[Refusal],
    make: Make,
) -> None:
    filed = make.complaint(status)
    with pytest.raises(refusal):
        keep(make, filed, text, make.actor(role), mode)
    assert count_drafts() == 0


def test_the_longest_message_can_be_kept(make: Make, filed: Filed) -> None:
    assert keep(make, filed, "m" * MESSAGE_LIMIT, make.actor("agent"))


def test_another_stores_complaint_does_not_exist(make: Make, filed: Filed) -> None:
    """X-01."""
    with pytest.raises(NotFound):
        keep(make, filed, "Hi", make.actor("agent", make.store("najd")))


def test_a_draft_that_nobody_touches_for_a_month_is_deleted(
    make: Make, filed: Filed, clock: Clock
) -> None:
    old, touched = make.actor("agent"), make.actor("agent")
    for actor in (old, touched):
        keep(make, filed, "Half a sentence", actor)
    clock.move(days=1)
    keep(make, filed, "Half a sentence more", touched)
    clock.move(days=29, seconds=1)
    with transaction():
        drafts.forget_old(now=clock())
    assert of(make, filed, old) == {}
    assert of(make, filed, touched) == {REPLY: "Half a sentence more"}


# Taking a text along


def move(make: Make, filed: Filed, text: str, actor: Actor, mode: DraftMode, to: DraftMode) -> None:
    with transaction():
        drafts.move(make.find(filed.number), mode, to, text, actor, now=make.clock())


@pytest.mark.parametrize(("mode", "to"), [(REPLY, NOTE), (NOTE, REPLY)])
def test_a_text_that_is_taken_along_leaves_nothing_behind(
    mode: DraftMode, to: DraftMode, make: Make, filed: Filed
) -> None:
    """S2-87."""
    writer, colleague = make.actor("agent"), make.actor("agent")
    keep(make, filed, "Half", writer, mode)
    keep(make, filed, "A colleague's", colleague, mode)
    move(make, filed, "Half a sentence", writer, mode, to)
    assert of(make, filed, writer) == {to: "Half a sentence"}
    assert of(make, filed, colleague) == {mode: "A colleague's"}


def test_it_goes_above_what_was_typed_there_and_not_twice(make: Make, filed: Filed) -> None:
    writer = make.actor("agent")
    keep(make, filed, "Earlier", writer, NOTE)
    for _ in range(2):
        move(make, filed, "Newer", writer, REPLY, NOTE)
    assert of(make, filed, writer) == {NOTE: "Newer\n\nEarlier"}
    move(make, filed, " \n", writer, REPLY, NOTE)
    assert of(make, filed, writer) == {NOTE: "Newer\n\nEarlier"}


def test_what_is_too_long_together_stays_where_it_was(make: Make, filed: Filed) -> None:
    writer = make.actor("agent")
    texts = {REPLY: "m" * MESSAGE_LIMIT, NOTE: "Earlier"}
    for mode, text in texts.items():
        keep(make, filed, text, writer, mode)
    with pytest.raises(Invalid):
        move(make, filed, texts[REPLY], writer, REPLY, NOTE)
    assert of(make, filed, writer) == texts


def test_nobody_takes_a_text_to_where_they_may_not_write(make: Make, filed: Filed) -> None:
    with pytest.raises(NotAllowed):
        move(make, filed, "Mine", make.actor("analyst"), NOTE, REPLY)
    assert count_drafts() == 0
