"""Predefined responses: whose they are, what may stand in them, and how they are filled in (S0-50, S2-104, C41)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import canned_replies, complaints, tenancy
from helpdesk.domain.canned_replies import PLACEHOLDERS, Wording
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind, Lang, TicketStatus
from helpdesk.models import MESSAGE_LIMIT, CannedReply, Event, Message, Store
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make

LINK = "http://desk.test/s/noor/track"
Save = Callable[..., CannedReply]


def wording(title: str = "Sorry", en: str = "Hello", ar: str = "مرحبا") -> Wording:
    return Wording(title=title, body_en=en, body_ar=ar)


@pytest.fixture
def save(make: Make) -> Save:
    def run(
        title: str = "Sorry", place: Store | None = None, actor: Actor | None = None, **more: Any
    ) -> CannedReply:
        where = place or make.store()
        at_platform = where.id == make.platform().id
        who = actor or make.actor("platform_admin" if at_platform else "store_owner", where)
        canned = more.pop("canned", None)
        with transaction():
            if canned is not None:
                canned = canned_replies.find(canned.id, where)
            return canned_replies.save(
                where, wording(title, **more), who, canned=canned, now=make.clock()
            )

    return run


def remove(make: Make, canned: CannedReply, actor: Actor) -> None:
    place = make.store()
    with transaction():
        gone = canned_replies.find(canned.id, place)
        canned_replies.remove(place, gone, actor, now=make.clock())


def titles(store: Store, actor: Actor) -> list[tuple[str, bool]]:
    db.session.rollback()
    return [(one.title, one.shared) for one in canned_replies.offered(store, actor)]


def recorded() -> list[tuple[EventKind, int, dict[str, Any]]]:
    db.session.rollback()
    kinds = (EventKind.CANNED_REPLY_SAVED, EventKind.CANNED_REPLY_REMOVED)
    rows = db.session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id))
    return [(one.kind, one.store_id, one.data) for one in rows]


def now(canned: CannedReply) -> CannedReply:
    db.session.rollback()
    return db.session.get_one(CannedReply, canned.id)


# Whose they are


def test_a_store_is_offered_its_own_and_the_platforms_and_nobody_elses(
    make: Make, save: Save
) -> None:
    """X-01."""
    noor, najd = make.store("noor"), make.store("najd")
    for title, place in (("Zebra", noor), ("Apple", noor), ("Of najd", najd)):
        save(title, place)
    save("Shared", make.platform())
    agent = make.actor("agent", noor)
    with tenancy.scoped(noor):
        assert titles(noor, agent) == [("Apple", False), ("Zebra", False), ("Shared", True)]
    assert titles(najd, make.actor("agent", najd)) == [("Of najd", False), ("Shared", True)]


def test_the_platforms_people_are_offered_the_platforms_alone(make: Make, save: Save) -> None:
    """A store's texts speak for the store."""
    own, shared = save("Of noor"), save("Shared", make.platform())
    reviewer = make.actor("platform_reviewer")
    assert titles(make.store(), reviewer) == [("Shared", True)]
    assert canned_replies.choose(shared.id, make.store(), reviewer).title == "Shared"
    with pytest.raises(NotFound):
        canned_replies.choose(own.id, make.store(), reviewer)


def test_a_response_of_another_store_is_not_there(make: Make, save: Save) -> None:
    theirs, najd = save("Of noor"), make.store("najd")
    agent = make.actor("agent", najd)
    with tenancy.scoped(najd):
        for seek in (
            lambda: canned_replies.choose(theirs.id, najd, agent),
            lambda: canned_replies.find(theirs.id, najd),
            lambda: canned_replies.find(2**31 - 1, najd),
        ):
            with pytest.raises(NotFound):
                seek()


def test_the_platforms_response_is_no_stores_own(make: Make, save: Save) -> None:
    shared = save("Shared", make.platform())
    with pytest.raises(NotFound):
        canned_replies.find(shared.id, make.store())


# Saving and removing


def test_what_is_saved_is_there_and_the_log_has_its_title_and_no_text(
    make: Make, save: Save, clock: Clock
) -> None:
    """X-04."""
    owner = make.actor("store_owner")
    canned = save("Sorry", actor=owner, en="Secret wording")
    clock.move(minutes=1)
    save("Sorry, new", actor=make.actor("store_manager"), canned=canned, en="Other wording")
    kept = now(canned)
    assert (kept.title, kept.body_en, kept.body_ar) == ("Sorry, new", "Other wording", "مرحبا")
    assert (kept.author_id, kept.use_count) == (owner.user_id, 0)
    assert kept.updated_at > kept.created_at
    store_id = make.store().id
    assert recorded() == [
        (EventKind.CANNED_REPLY_SAVED, store_id, {"title": "Sorry"}),
        (EventKind.CANNED_REPLY_SAVED, store_id, {"title": "Sorry, new"}),
    ]


def test_removing_takes_it_away_and_is_recorded(make: Make, save: Save) -> None:
    canned, owner = save(), make.actor("store_owner")
    remove(make, canned, owner)
    assert titles(make.store(), owner) == []
    assert recorded()[-1] == (
        EventKind.CANNED_REPLY_REMOVED,
        make.store().id,
        {"title": "Sorry"},
    )


def test_a_title_is_unique_in_its_place(make: Make, save: Save) -> None:
    first, second = save("Sorry"), save("Thanks")
    save("Sorry", make.store("najd"))
    save("Sorry", make.platform())
    for attempt in ({}, {"canned": second}):
        with pytest.raises(Invalid, match="this title already") as refused:
            save("Sorry", **attempt)
        assert refused.value.field == "title"
    save("Sorry", canned=first, en="Better")
    assert (now(first).body_en, now(second).title) == ("Better", "Thanks")


def test_of_two_who_save_one_title_at_once_the_second_is_told(
    make: Make, save: Save, app: Flask
) -> None:
    save("Else")
    owner, barrier = make.actor("store_owner"), Barrier(2)
    slug = make.store().slug
    db.session.rollback()

    def run(_turn: int) -> str:
        with app.app_context(), tenancy.unscoped("a test looks at every store"):
            place = db.session.scalars(select(Store).where(Store.slug == slug)).one()
            barrier.wait()
            try:
                with transaction():
                    canned_replies.save(place, wording(), owner, now=make.clock())
            except Invalid as refusal:
                return refusal.text
            return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [canned_replies.TAKEN, "saved"]


@pytest.mark.parametrize("role", ["agent", "analyst", "platform_reviewer", "tech_support"])
def test_writing_replies_is_no_right_to_change_the_responses(
    role: str, make: Make, save: Save
) -> None:
    canned, actor = save(), make.actor(role)
    with pytest.raises(NotAllowed):
        save("Another", actor=actor)
    with pytest.raises(NotAllowed):
        remove(make, canned, actor)
    assert len(recorded()) == 1


def test_an_owner_of_another_store_finds_no_place_to_save_in(make: Make, save: Save) -> None:
    stranger = make.actor("store_owner", make.store("najd"))
    with pytest.raises(NotFound):
        save("Mine now", make.store("noor"), actor=stranger)


@pytest.mark.parametrize("typed", ["", " \u200b ", "t" * 121])
def test_a_title_is_needed_and_has_an_end(typed: str) -> None:
    with pytest.raises(Invalid):
        canned_replies.read_title(typed)
    assert canned_replies.read_title("  A  title ") == "A title"
    assert canned_replies.read_title("t" * 120) == "t" * 120


def test_every_placeholder_that_is_offered_may_stand_in_a_text() -> None:
    text = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    assert canned_replies.read_body(text) == text
    assert canned_replies.read_body("m" * MESSAGE_LIMIT) == "m" * MESSAGE_LIMIT


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("Hello {name}", "{name}"),
        ("Hello {customer_name}, {order number}", "{order number}"),
        ("Hello { customer_name }", "{ customer_name }"),
        ("Hello {Customer_Name}", "{Customer_Name}"),
        ("Hello {customer_name", "{customer_name"),
        ("Hello customer_name}", "}"),
        ("{{customer_name}}", "{}"),
        ("{}", "{}"),
    ],
)
def test_a_placeholder_that_nothing_fills_is_refused_by_its_name(typed: str, named: str) -> None:
    with pytest.raises(Invalid) as refused:
        canned_replies.read_body(typed)
    assert refused.value.values["found"] == named


@pytest.mark.parametrize("typed", ["", " \n\u200b", "m" * (MESSAGE_LIMIT + 1)])
def test_a_text_is_needed_in_each_language_and_has_an_end(typed: str) -> None:
    with pytest.raises(Invalid):
        canned_replies.read_body(typed)


# Filling in


EVERYTHING = (
    "{customer_name}|{order_number}|{ticket_number}|{tracking_link}|{store_name}|{agent_name}"
)


@pytest.mark.parametrize(("lang", "store"), [(Lang.EN, "Noor"), (Lang.AR, "متجر")])
def test_every_placeholder_is_filled_in_the_language_that_is_asked_for(
    lang: Lang, store: str, make: Make
) -> None:
    filed = make.complaint(TicketStatus.PENDING_ADMIN)
    agent = make.acting(make.user("agent", name="Omar Hadi"))
    text = wording(en=EVERYTHING, ar=f"{EVERYTHING}.")
    said = canned_replies.filled(text, filed.ticket, agent, lang, tracking_link=LINK)
    assert said.rstrip(".") == "|".join(
        ["Sara O'Connor", "1021", filed.number, LINK, store, "Omar Hadi"]
    )
    assert said.endswith(".") is (lang is Lang.AR)


def test_what_is_not_known_stays_to_be_seen_and_a_name_is_no_placeholder(make: Make) -> None:
    filed = make.complaint(
        TicketStatus.PENDING_ADMIN, name="{agent_name} \\1", order_number="", lang=Lang.AR
    )
    text = wording(ar="{customer_name}، {order_number}")
    said = canned_replies.filled(
        text, filed.ticket, make.actor("agent"), Lang.AR, tracking_link=LINK
    )
    assert said == "{agent_name} \\1، {order_number}"


def test_an_unfilled_placeholder_is_never_sent(make: Make) -> None:
    """Nobody is greeted as {customer_name}; the text says what to replace and nothing is written."""
    filed, agent = make.complaint(TicketStatus.PENDING_ADMIN), make.actor("agent")
    before = db.session.scalars(select(Message.id)).all()

    def send(rule: Callable[..., Message]) -> None:
        with transaction():
            ticket = make.find(filed.number)
            rule(ticket, "Order {order_number} left.", agent, last_seen=None, now=make.clock())

    for rule in (complaints.answer, complaints.ask):
        with pytest.raises(Invalid, match="in your text before you send it") as refused:
            send(rule)
        assert refused.value.values == {"placeholder": "{order_number}"}
        assert refused.value.field == "text"
    assert make.find(filed.number).status is TicketStatus.PENDING_ADMIN
    assert db.session.scalars(select(Message.id)).all() == before
    canned_replies.refuse_unfilled("Other braces {are} {fine}")


# Counting


def test_a_use_is_counted_for_ones_own_and_for_shared_ones_alone(make: Make, save: Save) -> None:
    own, shared = save("Own"), save("Shared", make.platform())
    theirs = save("Of najd", make.store("najd"))
    agent, noor = make.actor("agent"), make.store()
    with transaction(), tenancy.scoped(noor):
        for canned_id in (own.id, own.id, shared.id, theirs.id, 2**31 - 1):
            canned_replies.count_use(canned_id, noor, agent)
    assert [now(one).use_count for one in (own, shared, theirs)] == [2, 1, 0]


# Trying it out


def test_a_response_is_tried_on_the_newest_complaint_that_one_may_read(
    make: Make, clock: Clock
) -> None:
    noor, owner, admin = make.store(), make.actor("store_owner"), make.actor("platform_admin")
    assert canned_replies.example(noor, owner) is None
    older = make.complaint(TicketStatus.PENDING_ADMIN)
    clock.move(minutes=1)
    make.complaint(store=noor)
    elsewhere = make.complaint(store=make.store("najd"))
    with tenancy.scoped(noor):
        found = canned_replies.example(noor, owner)
    assert found is not None
    assert found.number == older.number, "not yet forwarded ones are not for the store's eyes"
    with tenancy.scoped(make.platform()):
        found = canned_replies.example(make.platform(), admin)
    assert found is not None
    assert found.number == elsewhere.number


# Two at once


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(
    make: Make, save: Save, clock: Clock
) -> None:
    """X-11: it is not lost in silence; whoever has seen the newest version may replace it."""
    canned, store, owner = save(), make.store(), make.actor("store_owner")
    seen = canned_replies.version(now(canned))
    clock.move(seconds=1)
    save("Theirs", canned=canned)
    facts = recorded()
    with pytest.raises(WrongState):
        _change(store, canned.id, owner, seen, clock)
    assert now(canned).title == "Theirs"
    assert recorded() == facts
    _change(store, canned.id, owner, canned_replies.version(now(canned)), clock)
    assert now(canned).title == "Mine"


def test_of_two_changes_at_the_same_moment_exactly_one_is_kept(
    app: Flask, make: Make, save: Save, clock: Clock
) -> None:
    store, owner = make.store(), make.actor("store_owner")
    for number in range(4):
        canned = save(f"Response {number}")
        seen, before, start = canned_replies.version(now(canned)), len(recorded()), Barrier(2)
        clock.move(seconds=1)

        def change(reply_id: int = canned.id, seen: int = seen, start: Barrier = start) -> str:
            with app.app_context():
                start.wait()
                try:
                    _change(store, reply_id, owner, seen, clock)
                except WrongState:
                    return "stale"
                return "kept"

        with ThreadPoolExecutor(2) as pool:
            outcomes = [pool.submit(change) for _ in range(2)]
            assert sorted(one.result() for one in outcomes) == ["kept", "stale"]
        assert len(recorded()) == before + 1
        save(f"Done {number}", canned=canned)


def _change(store: Store, reply_id: int, actor: Actor, seen: int, clock: Clock) -> None:
    with transaction():
        canned = canned_replies.find(reply_id, store)
        canned_replies.save(store, wording("Mine"), actor, canned=canned, seen=seen, now=clock())
