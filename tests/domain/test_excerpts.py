"""The line in which a search was found: of what the person may read, marked, short, and asked for once (S1-10)."""

from collections.abc import Collection
from dataclasses import replace

import pytest
from flask import Flask

from helpdesk.db import db, transaction
from helpdesk.domain import complaints, excerpts, notes, tenancy
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.excerpts import Excerpt
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.domain.search import Part
from helpdesk.enums import ResolutionType, Team, TicketStatus
from helpdesk.models import Store, Ticket
from tests.fixtures.factory import Filed, Make
from tests.views.steps import statements

S = TicketStatus


def excerpts_of(
    filed: Collection[Filed], typed: str, actor: Actor, store: Store | None = None
) -> dict[str, Excerpt]:
    """By number."""
    db.session.rollback()
    numbers = {one.ticket.id: one.number for one in filed}
    db.session.rollback()
    scope = tenancy.scoped(store) if store else tenancy.unscoped("the platform searches all")
    with scope:
        found = excerpts.of(list(numbers), typed, actor)
    return {numbers[key]: excerpt for key, excerpt in found.items()}


def line(filed: Filed, typed: str, actor: Actor) -> str:
    """The excerpt with what was looked for in brackets; empty without one."""
    found = excerpts_of([filed], typed, actor).get(filed.number)
    pieces = found.pieces if found else ()
    return "".join(f"[{text}]" if wanted else text for text, wanted in pieces)


def write_note(make: Make, ticket: Ticket, text: str, role: str) -> None:
    writer = make.actor(role, ticket.store)
    with transaction():
        notes.write(ticket, text, writer, last_seen=None, now=make.clock())


@pytest.fixture
def reviewer(make: Make) -> Actor:
    return make.actor("platform_reviewer")


WRITTEN = (
    ("أين الطلب يا أحمد؟", "طلب", "أين [الطلب] يا أحمد؟"),
    ("أين الطلب يا أحمد؟", "احمد", "أين الطلب يا [أحمد]؟"),
    ("وَالطَّلَبُ لم يصل", "الطلب", "[وَالطَّلَبُ] لم يصل"),
    ("الطـــلب", "طلب", "[الطـــلب]"),
    ("في المدرسةِ", "مدرسه", "في [المدرسةِ]"),
    ("رقم ٤٥٦٧٨ هنا", "45678", "رقم [٤٥٦٧٨] هنا"),
    ("The bottle broke.", "bott", "The [bottle] broke."),
    ("The bottle broke.", "BROKE the", "[The] bottle [broke]."),
    ("Ask Sara.Q@Example.com!", "sara.q@example.com", "Ask [Sara.Q@Example.com]!"),
    ("Café O'Connor", "oconnor cafe", "[Café] [O'Connor]"),
    ("Two 50, but 500 not", "50", "Two [50], but 500 not"),
    ("one\n\n  two", "two", "one [two]"),
    ("The bottle broke.", "ottle", ""),
    ("The bottle broke.", "%", ""),
)


def test_what_was_looked_for_is_marked_as_it_was_written(make: Make, reviewer: Actor) -> None:
    """Pages 5.6."""
    filed = [make.complaint(description=written) for written, _typed, _shown in WRITTEN]
    shown = [line(one, typed, reviewer) for one, (_, typed, _) in zip(filed, WRITTEN, strict=True)]
    assert shown == [expected for _written, _typed, expected in WRITTEN]


def test_of_a_long_message_the_line_around_the_first_word_is_shown(
    make: Make, reviewer: Actor
) -> None:
    before, after = "word " * 100, " after" * 100
    filed = make.complaint(description=f"{before}needle{after}")
    shown = line(filed, "needle", reviewer)
    assert shown.startswith("…word word ")
    assert "[needle]" in shown
    assert shown.endswith(" after…")
    assert len(shown) <= excerpts.LINE + len("……[]")


def test_a_text_without_spaces_is_cut_anyway(make: Make, reviewer: Actor) -> None:
    long = "x" * 400
    for text in (f"{long} needle", f"needle {long}", f"needle{long}"):
        shown = line(make.complaint(description=text), "needle", reviewer)
        assert "[needle" in shown, text
        assert len(shown) <= excerpts.LINE + len("……[]")


def test_the_message_with_most_of_what_was_typed_is_shown_the_latest_of_equals(
    make: Make, reviewer: Actor
) -> None:
    filed = make.complaint(S.PENDING_ADMIN, description="A bottle alone.")
    make.answer(filed.ticket, "The bottle broke.")
    make.answer(filed.ticket, "Another bottle.")
    assert line(filed, "bottle broke", reviewer) == "The [bottle] [broke]."
    assert line(filed, "bottle", reviewer) == "Another [bottle]."


def test_what_an_answer_proposes_is_shown_too(make: Make, reviewer: Actor) -> None:
    filed, agent = make.complaint(S.PENDING_ADMIN), make.actor("agent")
    proposed = Resolution(ResolutionType.REFUND, "120 SAR back")
    with transaction():
        complaints.answer(
            filed.ticket, "Sorry.", agent, last_seen=None, resolution=proposed, now=make.clock()
        )
    assert line(filed, "back", reviewer) == "Sorry. 120 SAR [back]"


def test_each_side_is_shown_its_own_notes_and_where_a_word_stands(make: Make) -> None:
    """S2-84."""
    filed = make.complaint(S.PENDING_ADMIN, description="A word by the customer.")
    write_note(make, filed.ticket, "Storeword", "agent")
    write_note(make, filed.ticket, "Platformword", "platform_reviewer")
    for role, own, other, part in (
        ("agent", "storeword", "platformword", Part.STORE_NOTES),
        ("analyst", "storeword", "platformword", Part.STORE_NOTES),
        ("platform_admin", "platformword", "storeword", Part.PLATFORM_NOTES),
    ):
        actor = make.actor(role)
        store = make.store() if actor.team is Team.MERCHANT else None
        assert excerpts_of([filed], own, actor, store)[filed.number].part is part
        assert excerpts_of([filed], other, actor, store) == {}
        said = excerpts_of([filed], "customer", actor, store)
        assert said[filed.number].part is Part.CONVERSATION


def test_before_forwarding_the_store_is_shown_no_line(make: Make) -> None:
    early = make.complaint(description="Earlyword.")
    told = make.complaint(S.PENDING_ADMIN, description="Earlyword.")
    foreign = make.complaint(S.PENDING_ADMIN, make.store("najd"), description="Earlyword.")
    found = excerpts_of([early, told, foreign], "earlyword", make.actor("agent"), make.store())
    assert found.keys() == {told.number}


def test_without_the_rights_nothing_is_shown(make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN, description="Textword.")
    write_note(make, filed.ticket, "Noteword", "agent")
    agent = make.actor("agent")
    for right, shown in (
        (Permission.COMPLAINT_READ, "textword"),
        (Permission.NOTE_READ, "noteword"),
        (Permission.COMPLAINT_LIST, ""),
    ):
        limited = replace(agent, permissions=frozenset({right}))
        for typed in ("textword", "noteword"):
            assert bool(excerpts_of([filed], typed, limited, make.store())) is (typed == shown)


def test_any_number_of_rows_asks_once(app: Flask, make: Make, reviewer: Actor) -> None:
    filed = [make.complaint(S.PENDING_CUSTOMER) for _ in range(6)]
    for some in (filed[:1], filed):
        ids = [one.ticket.id for one in some]
        db.session.rollback()
        with statements(app) as seen:
            assert len(excerpts.of(ids, "bottle", reviewer)) == len(some)
        assert len([one for one in seen if "message" in one]) == 1
    assert excerpts.of([], "bottle", reviewer) == {}


def test_no_more_is_looked_through_than_a_page_can_afford(
    make: Make, reviewer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a thread the latest messages, of a message its beginning, and of all together so many letters."""
    monkeypatch.setattr(excerpts, "NEWEST", 2)
    long = make.complaint(S.PENDING_ADMIN, description="Oldword.")
    make.answer(long.ticket, f"{'word ' * (excerpts.LETTERS_OF_A_MESSAGE // 5)}lateword")
    make.answer(long.ticket, "Newword.")
    assert line(long, "oldword", reviewer) == ""
    assert line(long, "lateword", reviewer) == ""
    assert line(long, "newword", reviewer) == "[Newword]."
    further = make.complaint(description="Newword.")
    assert excerpts_of([long, further], "newword", reviewer).keys() == {long.number, further.number}
    monkeypatch.setattr(excerpts, "LETTERS_IN_ALL", 10)
    assert excerpts_of([long, further], "newword", reviewer).keys() == {long.number}
