"""Files of messages: they wait for their form, then belong to their message (C12, S1-18, S1-24, S1-30, S2-69)."""

from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from helpdesk.db import db, transaction
from helpdesk.domain import attachments, complaints, conversation, notes, replies, tenancy, throttle
from helpdesk.domain.attachments import Upload
from helpdesk.domain.errors import Invalid, LimitReached, NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.enums import TicketStatus
from helpdesk.models import Attachment, Message, StagedUpload, Store, Ticket
from tests.fixtures.factory import Make

S = TicketStatus
serial = count(1)


def upload(name: str = "photo.jpg") -> Upload:
    number = next(serial)
    return Upload(
        name=name,
        stored_name=f"stored{number}",
        thumb_name=f"stored{number}.thumb" if name.endswith("jpg") else None,
        mime="image/jpeg",
        size=number,
        sha256=f"{number:064}",
    )


def bring(make: Make, actor: Actor, *names: str, store: Store | None = None) -> list[str]:
    """The tokens of new files that wait for this person's form."""
    place = store or make.store()
    with transaction():
        rows = [attachments.stage(place, upload(one), actor, now=make.clock()) for one in names]
        return [row.token for row in rows]


def waiting(make: Make, tokens: list[str], actor: Actor, store: Store | None = None) -> list[str]:
    place = store or make.store()
    db.session.rollback()
    found = attachments.staged(tokens, place.id, actor.browser_hash, now=make.clock())
    return [one.name for one in found]


def names(message: Message) -> list[str]:
    db.session.rollback()
    return [one.name for one in attachments.of_messages([message])[message.id]]


def first() -> Message:
    db.session.rollback()
    return db.session.scalars(select(Message).order_by(Message.id)).all()[0]


def staff(make: Make, role: str = "agent") -> Actor:
    return replace(make.actor(role), browser_hash="desk")


def rows(table: type[Attachment] | type[StagedUpload]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def reply(
    make: Make, ticket: Ticket, tokens: list[str], actor: Actor, text: str = "See the photo."
) -> Message:
    with transaction():
        return complaints.respond(ticket, text, actor, files=tokens, now=make.clock())


# With a complaint, a reply, a question, a note


def test_a_complaint_is_sent_with_files_in_the_order_they_were_chosen(make: Make) -> None:
    """S1-30"""
    visitor = make.shopper()
    tokens = bring(make, visitor, "b.jpg", "شكوى.pdf", "a.jpg")
    store, draft = make.store(), make.draft(files=tuple(tokens))
    with transaction():
        complaints.submit(store, draft, visitor, now=make.clock())
    assert names(first()) == ["b.jpg", "شكوى.pdf", "a.jpg"]
    assert rows(StagedUpload) == 0
    kept = attachments.of_messages([first()])[first().id]
    assert [one.position for one in kept] == [1, 2, 3]
    assert kept[0].thumb_name == f"{kept[0].stored_name}.thumb"
    assert kept[1].thumb_name is None
    assert not {one.token for one in kept} & set(tokens)


def test_a_customer_may_reply_with_files_alone_and_not_with_nothing(make: Make) -> None:
    """S0-47, S1-18."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    message = reply(make, filed.ticket, bring(make, customer, "photo.jpg"), customer, text=" ")
    assert message.body == ""
    assert names(message) == ["photo.jpg"]
    with pytest.raises(Invalid) as refusal:
        reply(make, filed.ticket, [], customer, text=" \u200b ")
    assert refusal.value.field == "text"


@pytest.mark.parametrize("say", ["answer", "ask"])
def test_staff_may_attach_files_and_have_to_say_something(say: str, make: Make) -> None:
    """S1-24, S2-66."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    agent = staff(make)
    tokens = bring(make, agent, "list.pdf")
    speak = getattr(complaints, say)
    with pytest.raises(Invalid), transaction():
        speak(ticket, "", agent, last_seen=None, files=tokens, now=make.clock())
    assert waiting(make, tokens, agent) == ["list.pdf"]
    with transaction():
        message = speak(ticket, "Look.", agent, last_seen=None, files=tokens, now=make.clock())
    assert names(message) == ["list.pdf"]


def test_a_note_may_have_files(make: Make) -> None:
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    agent = staff(make)
    tokens = bring(make, agent, "call.txt")
    with transaction():
        note = notes.write(ticket, "See it.", agent, last_seen=None, files=tokens, now=make.clock())
    assert names(note) == ["call.txt"]


# Five, and no more


def test_five_files_are_taken_and_a_sixth_is_refused(make: Make) -> None:
    """S2-69, S2-89, S2-99."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    six = bring(make, customer, *(f"{n}.jpg" for n in range(6)))
    with pytest.raises(Invalid) as refusal:
        reply(make, filed.ticket, six, customer)
    assert (refusal.value.field, refusal.value.values) == ("files", {"limit": 5})
    assert (rows(Attachment), rows(StagedUpload)) == (0, 6)
    message = reply(make, filed.ticket, six[:5], customer)
    assert names(message) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg"]


@pytest.mark.parametrize("position", [0, 6, 1])
def test_the_database_itself_holds_five(position: int, make: Make) -> None:
    """Security, 6: ≤ 5 per message in the database too, each at a place of its own."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    message = reply(make, filed.ticket, bring(make, customer, "a.jpg"), customer)
    facts = {"store_id": message.store_id, "message_id": message.id, "token": "t"}
    more = {"name": "b", "stored_name": "s", "mime": "m", "size": 1, "sha256": ""}
    row = Attachment(position=position, created_at=make.clock(), **facts, **more)
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(row)


def test_a_file_named_twice_is_one(make: Make) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    [token] = bring(make, customer, "a.jpg")
    assert names(reply(make, filed.ticket, [token, token], customer)) == ["a.jpg"]


# Whose they are, and how long


@pytest.mark.parametrize("whose", ["another browser's", "another store's", "old", "no such"])
def test_what_is_not_waiting_here_cannot_be_sent_and_nothing_is_written(
    whose: str, make: Make
) -> None:
    """Security, 6: a token is worth nothing in another browser, in another store or after six hours."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    stranger = make.shopper(filed.ticket, browser="another")
    [good] = bring(make, customer, "good.jpg")
    tokens = {
        "another browser's": lambda: bring(make, stranger, "x.jpg"),
        "another store's": lambda: bring(make, customer, "x.jpg", store=make.store("najd")),
        "old": lambda: [good],
        "no such": lambda: ["nosuchtoken"],
    }[whose]()
    if whose == "old":
        make.clock.move(hours=6)
    with tenancy.scoped(make.store()), pytest.raises(Invalid) as refusal:
        reply(make, filed.ticket, [good, *tokens], customer)
    assert (refusal.value.text, refusal.value.field) == (attachments.GONE, "files")
    assert rows(Attachment) == 0
    assert conversation.newest_message_id(make.find(filed.number)) == 2


def test_files_wait_a_little_less_than_six_hours(make: Make) -> None:
    """Domain limits: staged uploads are kept 6 h."""
    visitor = make.shopper()
    tokens = bring(make, visitor, "a.jpg", "b.jpg")
    make.clock.move(hours=5, minutes=59)
    assert waiting(make, tokens[::-1], visitor) == ["b.jpg", "a.jpg"]
    assert waiting(make, [], visitor) == []
    with transaction():
        assert attachments.forget_staged(now=make.clock()) == []
    make.clock.move(minutes=1)
    assert waiting(make, tokens, visitor) == []
    fresh = bring(make, visitor, "c.jpg")
    with transaction():
        gone = attachments.forget_staged(now=make.clock())
    assert len(gone) == 2
    assert waiting(make, [*tokens, *fresh], visitor) == ["c.jpg"]


def test_a_waiting_file_is_taken_back_by_its_own_browser_alone(make: Make) -> None:
    visitor, stranger = make.shopper(), make.shopper(browser="another")
    [token] = bring(make, visitor, "a.jpg")
    for who in (stranger.browser_hash, ""):
        with pytest.raises(NotFound), transaction():
            attachments.unstage(token, who, now=make.clock())
    with transaction():
        stored = attachments.unstage(token, visitor.browser_hash, now=make.clock())
    assert stored.startswith("stored")
    assert rows(StagedUpload) == 0
    with pytest.raises(NotFound), transaction():
        attachments.unstage(token, visitor.browser_hash, now=make.clock())


def test_waiting_files_come_along_when_the_browser_gets_a_new_name(make: Make) -> None:
    visitor, stranger = make.shopper(), make.shopper(browser="another")
    tokens = bring(make, visitor, "a.jpg")
    others = bring(make, stranger, "b.jpg")
    with transaction():
        attachments.move_staged(visitor.browser_hash, "new name")
    renamed = replace(visitor, browser_hash="new name")
    assert waiting(make, [*tokens, *others], renamed) == ["a.jpg"]
    assert waiting(make, tokens, visitor) == []


# A reply that is taken back


def test_a_reply_that_is_taken_back_gives_its_files_back(make: Make) -> None:
    """S2-87: what was written, files and all, stands in the composer again."""
    ticket = make.complaint(S.PENDING_ADMIN).ticket
    agent = staff(make)
    tokens = bring(make, agent, "a.jpg", "b.pdf")
    with transaction():
        message = complaints.answer(
            ticket, "Look.", agent, last_seen=None, files=tokens, now=make.clock()
        )
    make.clock.move(seconds=5)
    with transaction():
        draft = replies.take_back(ticket, message.id, agent, now=make.clock())
    assert rows(Attachment) == 0
    assert waiting(make, list(draft.files), agent) == ["a.jpg", "b.pdf"]
    with transaction():
        again = complaints.answer(
            ticket, "Look!", agent, last_seen=None, files=draft.files, now=make.clock()
        )
    assert names(again) == ["a.jpg", "b.pdf"]


# How many, from where


def test_strangers_may_bring_sixty_files_an_hour_and_staff_as_many_as_they_need(
    make: Make,
) -> None:
    """The disk cannot be filled by strangers from one address."""
    visitor, other, agent = make.shopper(), make.shopper(ip="elsewhere"), staff(make)
    with transaction():
        for _ in range(attachments.PER_HOUR_AND_ADDRESS):
            attachments.admit(visitor, now=make.clock())
    with pytest.raises(LimitReached) as refusal, transaction():
        attachments.admit(visitor, now=make.clock())
    assert refusal.value.wait_seconds <= throttle.HOUR.total_seconds()
    with transaction():
        attachments.admit(other, now=make.clock())
        for _ in range(attachments.PER_HOUR_AND_ADDRESS + 1):
            attachments.admit(replace(agent, ip_hash=visitor.ip_hash), now=make.clock())
    make.clock.move(hours=1)
    with transaction():
        attachments.admit(visitor, now=make.clock())


def test_visitors_wait_while_what_all_stores_are_keeping_for_them_has_reached_the_limit(
    make: Make,
) -> None:
    """The disk cannot be filled by strangers from a thousand addresses either."""
    visitor, other = make.shopper(), make.shopper(browser="another", ip="elsewhere")
    agent = staff(make)
    bring(make, visitor, "a.jpg")
    bring(make, other, "b.jpg", store=make.store("najd"))
    most = db.session.scalar(select(func.sum(StagedUpload.size)))
    assert most is not None
    with tenancy.scoped(make.store()):
        attachments.refuse_when_full(visitor, most + 1)
        with pytest.raises(LimitReached) as refusal:
            attachments.refuse_when_full(visitor, most)
        attachments.refuse_when_full(agent, most)
    assert refusal.value.text == attachments.FULL
    make.clock.move(hours=6)
    with transaction():
        attachments.forget_staged(now=make.clock())
    attachments.refuse_when_full(visitor, most)


# What is there


def test_the_files_of_many_messages_are_asked_for_at_once(make: Make) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    said = [
        reply(make, filed.ticket, bring(make, customer, f"{n}.jpg"), customer) for n in range(3)
    ]
    bare = reply(make, filed.ticket, [], customer)
    db.session.rollback()
    found = attachments.of_messages([*said, bare])
    assert [[one.name for one in found[one.id]] for one in said] == [
        ["0.jpg"],
        ["1.jpg"],
        ["2.jpg"],
    ]
    assert found[bare.id] == []
    assert attachments.of_messages([]) == {}


def test_stored_files_without_a_row_are_told_from_those_that_have_one(make: Make) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    customer = make.shopper(filed.ticket)
    sent = reply(make, filed.ticket, bring(make, customer, "a.jpg"), customer)
    bring(make, customer, "b.jpg")
    db.session.rollback()
    known = {
        *db.session.scalars(select(Attachment.stored_name)),
        *db.session.scalars(select(StagedUpload.stored_name)),
    }
    assert len(known) == 2
    assert attachments.unknown({*known, "lost"}) == {"lost"}
    assert attachments.unknown(set()) == set()
    assert sent.id
