"""Tickets are found by number, people, order, conversation and notes, and by nothing a person may not read (S1-10)."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import (
    complaints,
    contact_change,
    conversation,
    notes,
    replies,
    review,
    search,
    tenancy,
)
from helpdesk.domain.conversation import Resolution
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import ResolutionType, Team, ThreadKind, TicketStatus
from helpdesk.models import MESSAGE_LIMIT, SearchDocument, Store, Thread, Ticket
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.views.seeds import TEXTS
from tests.views.steps import statements

S = TicketStatus
CARD = {
    "name": "Nadia Nameword",
    "email": "mailword.person@shop.example",
    "phone": "+966558887766",
    "order_number": "ORDERWORD-7",
    "description": "Textword about the parcel.",
}
WORDS = {
    "name": "nameword",
    "mailbox": "mailword.person@shop.example",
    "part of the mailbox": "mailword",
    "telephone": "0558887766",
    "order": "orderword-7",
    "message": "textword",
}


def found(typed: str, actor: Actor, store: Store | None = None) -> set[str]:
    """The numbers that somebody finds, in their store or everywhere."""
    db.session.rollback()
    scope = tenancy.scoped(store) if store else tenancy.unscoped("the platform searches all")
    with scope:
        query = select(Ticket.number).where(search.matching(typed, actor))
        return set(db.session.scalars(query))


def write_note(make: Make, ticket: Ticket, text: str, role: str) -> None:
    writer = make.actor(role, ticket.store)
    with transaction():
        notes.write(ticket, text, writer, last_seen=None, now=make.clock())


@pytest.fixture
def reviewer(make: Make) -> Actor:
    return make.actor("platform_reviewer")


# What finds a ticket


WAYS = {
    "list": (0, 1),
    "index": (search.SAMPLE + 1, search.SAMPLE + 1),
    "rarest": (search.SAMPLE + 1, 1),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Words are looked for along the list, all in the index, or the rare ones there: each way finds the same."""
    enough, common = WAYS[request.param]
    monkeypatch.setattr(search, "ENOUGH", enough)
    monkeypatch.setattr(search, "COMMON", common)
    return str(request.param)


def test_a_message_is_found_by_its_words(way: str, make: Make, reviewer: Actor) -> None:
    """Pages 5.6, X-07."""
    filed = [make.complaint(description=written).number for written, _typed in WRITTEN]
    make.complaint(description="Nothing of the kind.")
    for number, (written, typed) in zip(filed, WRITTEN, strict=True):
        assert number in found(typed, reviewer), (way, written)
        assert len(found(typed, reviewer)) < len(filed), (way, written)


WRITTEN = (
    ("أين طلبي يا أحمد؟", "احمد"),
    ("وصلت المدرسة", "مدرسه"),
    ("لم يصل الطلب", "طلب"),
    ("مستشفى", "مستشفي"),
    ("الطـــلَبُ", "طلب"),
    ("رقم ٤٥٦٧٨", "45678"),
    ("رقم 45678", "٤٥٦٧٨"),
    ("The bottle broke", "bott"),
    ("The bottle broke", "BROKE the bottle"),
    ("Straße in Köln", "strasse koln"),
    ("a 👩\u200d👩\u200d👧 and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 letters", "unicode letters"),
    ("ʼn שלום עולם", "שלום"),
    ("日本語 です", "日本"),
    ("x" * 300, "x" * 200),
)


@pytest.mark.usefixtures("way")
def test_a_number_is_found_in_any_digits_and_spelling(make: Make, reviewer: Actor) -> None:
    """S1-10, X-07."""
    filed = make.complaint()
    digits = filed.number.removeprefix("CMP-").replace("-", "")
    eastern = digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    spaced = f"{digits[:4]} {digits[4:]}"
    for typed in (filed.number, filed.number.lower(), digits, eastern, spaced, digits[:5]):
        assert filed.number in found(typed, reviewer), typed


@pytest.mark.usefixtures("way")
def test_every_word_has_to_be_found_wherever_it_stands(make: Make, reviewer: Actor) -> None:
    filed = make.complaint(S.PENDING_ADMIN, **CARD)
    write_note(make, filed.ticket, "Noteword of ours.", "platform_reviewer")
    make.answer(filed.ticket, "Answerword to you.")
    assert found("nameword orderword textword answerword noteword", reviewer) == {filed.number}
    assert found("nameword elsewhere", reviewer) == set()


def test_what_an_answer_proposes_is_found(make: Make, reviewer: Actor) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    agent, proposed = make.actor("agent"), Resolution(ResolutionType.REFUND, "Proposalword")
    with transaction():
        complaints.answer(
            filed.ticket,
            "We are sorry.",
            agent,
            last_seen=None,
            resolution=proposed,
            now=make.clock(),
        )
    assert found("proposalword", reviewer) == {filed.number}


@pytest.mark.usefixtures("way")
def test_no_search_reaches_into_another_store(make: Make, reviewer: Actor) -> None:
    """X-01."""
    other = make.store("najd")
    foreign = make.complaint(S.PENDING_ADMIN, other, **CARD)
    own = make.complaint(S.PENDING_ADMIN, **CARD)
    for typed in (*WORDS.values(), foreign.number):
        assert foreign.number not in found(typed, make.actor("store_owner"), make.store())
    assert found("textword", reviewer, other) == {foreign.number}
    assert found("textword", reviewer) == {foreign.number, own.number}


# Who finds what

BEFORE = {"number", "order"}
NAMED = BEFORE | {"name"}
READ = {"number", "order", "message", "store's note"}
KNOWN = READ | {"name", "mailbox", "part of the mailbox", "telephone"}
PLATFORMS = KNOWN - {"store's note"} | {"platform's note"}
FINDS = {
    "store_owner": (NAMED, KNOWN),
    "store_manager": (NAMED, KNOWN),
    "agent": (NAMED, KNOWN),
    "analyst": (BEFORE, READ),
    "platform_admin": (PLATFORMS, PLATFORMS),
    "platform_reviewer": (PLATFORMS, PLATFORMS),
    "tech_support": (set(), set()),
}
"""By role: in a complaint that was not forwarded yet, and in one that was."""


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("forwarded", [False, True])
def test_nobody_finds_what_they_could_not_read(forwarded: bool, make: Make) -> None:
    """S2-84, X-01: a hit is information. Before forwarding a store knows number, order and the customer's name."""
    filed = make.complaint(S.PENDING_ADMIN if forwarded else S.UNDER_PLATFORM_REVIEW, **CARD)
    write_note(make, filed.ticket, "Platformnoteword", "platform_reviewer")
    if forwarded:
        write_note(make, filed.ticket, "Storenoteword", "agent")
    notes_of = {"platform's note": "platformnoteword", "store's note": "storenoteword"}
    words = WORDS | notes_of | {"number": filed.number}
    for role, expected in FINDS.items():
        actor = make.actor(role)
        store = make.store() if actor.team is Team.MERCHANT else None
        hits = {name for name, word in words.items() if filed.number in found(word, actor, store)}
        assert hits == expected[forwarded], role


@pytest.mark.usefixtures("way")
def test_a_word_that_one_may_not_read_is_not_found_beside_one_that_one_may(make: Make) -> None:
    """Else a search with both would spell it out letter by letter."""
    early = make.complaint(**CARD)
    told = make.complaint(S.PENDING_ADMIN, **CARD)
    analyst, agent = make.actor("analyst"), make.actor("agent")
    assert found("textword nameword", analyst, make.store()) == set()
    assert found(f"nameword {early.number}", agent, make.store()) == {early.number}
    assert found(f"textword {early.number}", agent, make.store()) == set()
    assert found("textword nameword", agent, make.store()) == {told.number}


@pytest.mark.usefixtures("way")
def test_a_role_of_ones_own_finds_as_much_as_it_may_read(make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN, **CARD)
    write_note(make, filed.ticket, "Storenoteword", "agent")
    agent = make.actor("agent")
    for permissions in (set(), {Permission.COMPLAINT_READ}, {Permission.NOTE_READ}):
        actor = replace(agent, permissions=frozenset(permissions))
        for typed, needed in (
            ("textword", Permission.COMPLAINT_READ),
            ("storenoteword", Permission.NOTE_READ),
            (filed.number, Permission.COMPLAINT_LIST),
            ("nameword", Permission.CONTACT_READ),
        ):
            assert bool(found(typed, actor, make.store())) is (needed in permissions), typed


def test_forwarding_lets_the_store_find_the_rest(make: Make, reviewer: Actor) -> None:
    filed = make.complaint(**CARD)
    agent = make.actor("agent")
    assert found("textword", agent, make.store()) == set()
    with transaction():
        review.forward(filed.ticket, "", reviewer, now=make.clock())
    assert found("textword", agent, make.store()) == {filed.number}


def test_what_staff_say_among_themselves_is_found_by_nobody(make: Make, reviewer: Actor) -> None:
    """The threads of staff tickets have readers of their own."""
    filed, writer = make.complaint(S.PENDING_ADMIN), make.actor("agent")
    with transaction() as session:
        thread = Thread(
            store_id=filed.ticket.store_id,
            ticket_id=filed.ticket.id,
            kind=ThreadKind.INTERNAL,
            created_at=make.clock(),
        )
        session.add(thread)
        session.flush()
        now = make.clock()
        conversation.write(filed.ticket, thread, writer, "Internalword", now=now, released_at=now)
    assert found("internalword", reviewer) == set()
    assert found("internalword", make.actor("store_owner"), make.store()) == set()


# What is gone is not found


def test_a_reply_that_was_taken_back_is_not_found_any_more(make: Make, reviewer: Actor) -> None:
    """S2-87."""
    filed = make.complaint(S.PENDING_ADMIN, **CARD)
    agent = make.actor("agent")
    with transaction():
        said = complaints.answer(
            filed.ticket, "Sorryword for this.", agent, last_seen=None, now=make.clock()
        )
        message_id = said.id
    assert found("sorryword", reviewer) == {filed.number}
    with transaction():
        replies.take_back(filed.ticket, message_id, agent, now=make.clock())
    assert found("sorryword", reviewer) == set()
    assert found("textword nameword", reviewer) == {filed.number}


def test_an_address_that_was_changed_is_not_found_any_more(make: Make, reviewer: Actor) -> None:
    """C47."""
    filed = make.complaint(S.PENDING_ADMIN, **CARD)
    write_note(make, filed.ticket, "Noteword", "platform_reviewer")
    admin = make.actor("platform_admin")
    with transaction():
        contact_change.change(
            filed.ticket,
            "newword@shop.example",
            "The old one is lost.",
            admin,
            checked=True,
            now=make.clock(),
        )
    assert found(CARD["email"], reviewer) == set()
    assert found("mailword", reviewer) == set()
    assert found("newword@shop.example", reviewer) == {filed.number}
    assert found("textword noteword", reviewer) == {filed.number}


# Whatever is typed or written


HOSTILE = (
    *TEXTS.values(),
    *('a" OR (', "-*", "NEAR(", "NEAR(a b, 5)", "a AND", "OR", "NOT", "^a", "words:a", "{a b}: c"),
    *("a:*", "!a", "a & | b", "'a':*A", "a\\", "\\'", "''", '"', "'", "a\x00b", ":p", "%(x)s", "?"),
    *(",".join("ab" for _ in range(90)), "a" * 5000, "ا" * 5000, " ".join("abcdefghijklmnop")),
)


def test_nothing_typed_is_a_fault(way: str, make: Make, reviewer: Actor) -> None:
    """Security, input: signs of a query language are signs."""
    filed = make.complaint(S.PENDING_ADMIN, description="Nothing of this.")
    everything, agent = found(filed.number, reviewer), make.actor("agent")
    for typed in HOSTILE:
        assert found(typed, reviewer) <= everything, (way, typed)
        assert found(typed, agent, make.store()) <= everything, (way, typed)


def test_signs_alone_find_nothing(make: Make, reviewer: Actor) -> None:
    make.complaint(description='100% of _this_ * \\ - "what" (is) this؟')
    for typed in ("", "%", "_", "*", "\\", "-*", '"', "()", "؟"):
        assert found(typed, reviewer) == set(), typed


@pytest.mark.usefixtures("way")
def test_the_signs_of_a_pattern_match_themselves_alone(make: Make, reviewer: Actor) -> None:
    make.complaint(description="Safa")
    assert [found(typed, reviewer) for typed in ("S%fa", "S_fa", "*afa", "?afa")] == [set()] * 4


def test_a_thread_of_any_length_can_be_written_and_its_beginning_found(
    make: Make, reviewer: Actor
) -> None:
    """PostgreSQL refuses a row with more than a megabyte of words; far below that, no more are kept."""
    filed = make.complaint(S.PENDING_CUSTOMER, description="Firstword.")
    writer = make.shopper(filed.ticket)
    for turn in range(10):
        text = "".join(
            f"{chr(0x4E00 + turn)}{chr(0x5E00 + n)}w " for n in range(MESSAGE_LIMIT // 4)
        )
        with transaction():
            conversation.say(filed.ticket, writer, text, now=make.clock())
    db.session.rollback()
    kept = db.session.get_one(SearchDocument, filed.ticket.id).words
    assert sum(len(word.encode()) + 1 for word in kept) > search.SIZE_LIMIT * 0.99
    assert sum(len(word.encode()) + 1 for word in kept) <= search.SIZE_LIMIT
    assert found("firstword", reviewer) == {filed.number}
    with transaction():
        search.rebuild(filed.ticket)
    assert found("firstword", reviewer) == {filed.number}


def test_common_words_are_looked_for_along_the_list_and_rare_ones_in_the_index(
    app: Flask, make: Make, reviewer: Actor
) -> None:
    """Performance, "Traps": a walk to a rare word reads everything, and an index gathers all of a common one's."""
    for n in range(search.COMMON):
        make.complaint(description="Commonword here." + " Seldomword." * (n < search.ENOUGH - 1))
    asked = {}
    for typed in ("commonword", "seldomword", "commonword seldomword"):
        with statements(app) as seen:
            found(typed, reviewer)
        asked[typed] = "any(array" in seen[-1] or "search_index MATCH" in seen[-1]
    assert asked == {"commonword": False, "seldomword": True, "commonword seldomword": True}


@pytest.mark.postgres
def test_the_plan_is_made_for_the_words_that_were_typed(
    app: Flask, make: Make, reviewer: Actor
) -> None:
    """A plan for any word, kept with the statement, took 4,948 ms for a rare one (performance, "Traps")."""
    make.complaint()
    with statements(app) as seen:
        found("bottle", reviewer)
    assert "tbottle" in seen[-1]


# Tickets that were there before


def forget_words() -> None:
    """As the migration leaves tickets that were there before it."""
    with transaction() as session:
        session.execute(update(SearchDocument).values(words=frozenset(), stale=True))


def still_stale() -> int:
    db.session.rollback()
    query = select(func.count()).select_from(SearchDocument).where(SearchDocument.stale)
    return db.session.scalar(query) or 0


def test_the_worker_gathers_the_words_of_older_tickets(
    make: Make, reviewer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "INDEXED_AT_ONCE", 2)
    filed = [make.complaint(S.PENDING_ADMIN, make.store(slug), **CARD) for slug in ("noor", "najd")]
    filed += [make.complaint(**CARD) for _ in range(3)]
    write_note(make, filed[0].ticket, "Noteword", "platform_reviewer")
    forget_words()
    assert found("textword", reviewer) == set()
    jobs.JOBS["index"](make.clock)
    assert still_stale() == 0
    assert found("textword nameword", reviewer) == {one.number for one in filed}
    assert found("noteword", reviewer) == {filed[0].number}


def test_it_leaves_off_after_a_while_and_goes_on_in_the_next_minute(
    make: Make, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mails must not wait for a million tickets."""
    monkeypatch.setattr(jobs, "INDEXED_AT_ONCE", 1)
    for _ in range(3):
        make.complaint()
    forget_words()

    jobs.index(lambda: make.clock.move(seconds=jobs.INDEXING.total_seconds() * 0.6))
    assert still_stale() == 2
    jobs.JOBS["minutely"](make.clock)
    assert still_stale() == 0
    mailbox.take()


def test_what_is_said_meanwhile_is_found_at_once_and_stays(make: Make, reviewer: Actor) -> None:
    filed = make.complaint(S.PENDING_ADMIN, **CARD)
    forget_words()
    make.answer(filed.ticket, "Answerword to you.")
    assert found("answerword", reviewer) == {filed.number}
    jobs.index(make.clock)
    assert found("answerword textword", reviewer) == {filed.number}


def test_a_ticket_without_words_of_its_own_gets_them(make: Make, reviewer: Actor) -> None:
    """One that an older version opened while the database was upgraded already."""
    filed = [make.complaint(S.PENDING_ADMIN, **CARD) for _ in range(2)]
    with transaction() as session:
        session.execute(delete(SearchDocument))
    make.answer(filed[0].ticket, "Answerword to you.")
    assert found("answerword nameword", reviewer) == {filed[0].number}
    assert still_stale() == 1
    with transaction():
        search.rebuild(filed[1].ticket)
    jobs.index(make.clock)
    assert found("textword", reviewer) == {one.number for one in filed}


def test_rolling_back_leaves_no_word(make: Make, reviewer: Actor) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)

    def fail_after_saying() -> None:
        with transaction():
            complaints.respond(filed.ticket, "Lostword.", customer, now=make.clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_saying()
    assert found("lostword", reviewer) == set()
