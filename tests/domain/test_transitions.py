"""Any sequence of steps by anybody: only legal ones happen, and what holds for a complaint holds after each of them.

Domain 2.3, S1-25, S1-26, S1-48 to S1-51, S2-87, C9, C45, C46; security, faults: transitions. A model that knows nothing
of the rules' code says beforehand what each step must come to.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import (
    closing,
    complaints,
    conversation,
    notes,
    overdue,
    priorities,
    reminders,
    replies,
    review,
)
from helpdesk.domain.errors import NotAllowed, NotFound, Refusal, WrongState
from helpdesk.domain.permissions import Actor
from helpdesk.enums import ArchiveReason, CodePurpose, Decision, Priority
from helpdesk.models import Event, HeldInterval, Message, Ticket
from tests.domain.lifelines import CLOSED, CUSTOMER, REVIEW, STORE, faults, miscounted
from tests.fixtures.factory import Make

STAFF = ("platform_reviewer", "platform_admin", "agent", "store_manager")
AT_THE_PLATFORM, AT_THE_STORE = STAFF[:2], STAFF[2:]
EVERYBODY = (*STAFF, "analyst", "tech_support", "an agent elsewhere", "a stranger", "the customer")
BY_STAFF = (*STAFF * 4, *EVERYBODY)
BY_PLATFORM = (*AT_THE_PLATFORM * 8, *EVERYBODY)
BY_CUSTOMER = (*("the customer",) * 15, *EVERYBODY)
"""Those who may come first and often, or most runs would consist of refusals."""
ITS_WRITER = "its writer"
BESIDE = ("version", "priority", "urgency")
"""Columns that a reply does not touch and its writer does not take back."""
LIFE = settings(
    max_examples=20,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Reply:
    """A reply that can still be taken back: how everything stood before it, and how the model did."""

    message_id: int
    writer: str
    until: datetime
    before: dict[str, Any]
    model: dict[str, Any]
    overtaken: bool = False


@dataclass
class Model:
    """What a complaint must be, kept by hand."""

    status: str = REVIEW
    asked_from: str = REVIEW
    forwarded: bool = False
    archived: bool = False
    answered_at: datetime | None = None
    reply: Reply | None = field(default=None)

    def overtake(self) -> None:
        """Something has happened that the last reply's writer cannot undo with it."""
        if self.reply is not None:
            self.reply.overtaken = True

    def kept(self) -> dict[str, Any]:
        names = ("status", "asked_from", "answered_at")
        return {name: getattr(self, name) for name in names}


class Life(RuleBasedStateMachine):
    """One complaint, and everybody who may or may not do something with it."""

    make: Make
    people: dict[str, Actor]

    @initialize()
    def submit(self) -> None:
        self.model = Model()
        self.ticket = self.make.complaint().ticket
        customer = self.make.shopper(self.ticket)
        self.people = {**self.people, "the customer": customer, "a stranger": self.make.shopper()}

    @rule(seconds=st.sampled_from((1, 3, 9, 10, 11, 3_600, 30 * 3_600, 9 * 86_400)))
    def wait(self, seconds: int) -> None:
        self.make.clock.move(seconds=seconds)

    @rule(who=st.sampled_from(BY_PLATFORM))
    def forward(self, who: str) -> None:
        allowed = who in AT_THE_PLATFORM
        expected = self._refused_to_staff(who, allowed) or (
            "" if self.model.status == REVIEW else "WrongState"
        )
        self._do(expected, lambda by, now: review.forward(self.ticket, "", by, now=now), who)
        if not expected:
            self.model.status, self.model.forwarded = STORE, True
            self.model.overtake()

    @rule(who=st.sampled_from(BY_STAFF), asks=st.booleans())
    def write(self, who: str, asks: bool) -> None:
        """Ask or answer; to a customer whose turn it is, both add something."""
        expected = self._refused_to_staff(who, self._may_write(who))
        step = complaints.ask if asks else complaints.answer
        self._say(expected, step, who, counts=not asks)

    @rule(who=st.sampled_from(BY_PLATFORM), decision=st.sampled_from((*Decision, None)))
    def decide(self, who: str, decision: Decision | None) -> None:
        expected = self._refused_to_staff(who, who in AT_THE_PLATFORM)
        late = self.ticket.due_at is not None and self.ticket.due_at < self.make.clock()
        if not expected and not (self.model.status == STORE and late):
            expected = "WrongState"

        def step(ticket: Ticket, text: str, by: Actor, **more: Any) -> Message:
            return review.decide(ticket, decision, text, by, **more)

        self._say(expected, step, who, counts=decision is not None)

    @rule(who=st.sampled_from(BY_CUSTOMER))
    def respond(self, who: str) -> None:
        allowed = who == "the customer"
        expected = self._refused(who, allowed) or ("WrongState" if self._closed() else "")
        self._do(
            expected, lambda by, now: complaints.respond(self.ticket, "Blue.", by, now=now), who
        )
        if not expected:
            self.model.overtake()
            if self.model.status == CUSTOMER:
                self.model.status = self.model.asked_from

    @precondition(lambda self: self.model.reply is not None)
    @rule(who=st.sampled_from((*(ITS_WRITER,) * 8, *STAFF)))
    def take_back(self, who: str) -> None:
        reply = self.model.reply
        assert reply is not None
        who = reply.writer if who == ITS_WRITER else who
        expected = "" if self._may_write(who) else "NotAllowed"
        if self.make.clock() >= reply.until:
            expected = expected or "WrongState"
        if who != reply.writer:
            expected = expected or "NotAllowed"
        if reply.overtaken:
            expected = expected or "WrongState"
        self._do(
            expected,
            lambda by, now: replies.take_back(self.ticket, reply.message_id, by, now=now),
            who,
        )
        if not expected:
            assert self._everything() == reply.before
            for name, value in reply.model.items():
                setattr(self.model, name, value)
            self.model.reply = None

    @precondition(lambda self: not self._closed() and not self.model.archived)
    @rule(
        asks=st.booleans(),
        meanwhile=st.sampled_from(("nothing", "a note", "a reply")),
        seconds=st.sampled_from((0, 9, 10)),
    )
    def change_ones_mind(self, asks: bool, meanwhile: str, seconds: int) -> None:
        """Somebody of the platform writes and would take it back; a note between the two is in nobody's way."""
        self.write(AT_THE_PLATFORM[0], asks)
        if meanwhile == "a note":
            self.write_beside(AT_THE_PLATFORM[1])
        elif meanwhile == "a reply":
            self.respond("the customer")
        self.wait(seconds)
        self.take_back(ITS_WRITER)

    @rule(who=st.sampled_from(STAFF))
    def write_beside(self, who: str) -> None:
        """A note and a priority stand in nobody's way."""
        if self._may_write(who) and not self._closed() and not self.model.archived:
            now, by = self.make.clock(), self.people[who]
            with transaction():
                priorities.put(self.ticket, Priority.HIGH, by, now=now)
                notes.write(self.ticket, "For us.", by, last_seen=None, now=now)

    @rule(who=st.sampled_from(BY_PLATFORM), back=st.booleans())
    def put_aside(self, who: str, back: bool) -> None:
        expected = self._refused(who, who == "platform_admin")
        if not expected and self.model.archived != back:
            expected = "WrongState"

        def step(by: Actor, now: datetime) -> None:
            if back:
                review.restore(self.ticket, by, now=now)
            else:
                review.archive(self.ticket, ArchiveReason.SPAM, "", by, now=now)

        self._do(expected, step, who)
        if not expected:
            self.model.archived = not back
            self.model.overtake()

    @rule()
    def look_at_the_clock(self) -> None:
        """The worker tells of what is late and reminds; it moves nothing."""
        now, before = self.make.clock(), self._events()
        for some in (overdue.tell_some, reminders.remind_some):
            with transaction():
                some(now=now)
        if self._events() != before:
            self.model.overtake()

    @rule(who=st.sampled_from(("the customer", "the customer", *EVERYBODY)), accepts=st.booleans())
    def end(self, who: str, accepts: bool) -> None:
        """Everybody with the right code in hand; only the customer gets anywhere."""
        now = self.make.clock.move(minutes=16)
        code = self.make.issue(self.ticket, CodePurpose.CLOSE, self.people["the customer"])
        answered = self.model.answered_at is not None and self.model.answered_at <= now
        expected = self._refused(who, who == "the customer")
        if not expected and (self._closed() or answered != accepts):
            expected = "WrongState"
        step = closing.close if accepts else closing.withdraw
        self._do(expected, lambda by, at: step(self.ticket, code, by, now=at), who)
        if not expected:
            self.model.status = CLOSED

    @invariant()
    def all_is_well(self) -> None:
        if not hasattr(self, "ticket"):
            return
        assert faults(self.ticket) == []
        assert miscounted() == []
        assert (self.ticket.status, self.ticket.archived_at is not None) == (
            self.model.status,
            self.model.archived,
        )
        assert self.ticket.first_reply_at == self.model.answered_at

    # How each step is taken.

    def _say(self, expected: str, step: Any, who: str, *, counts: bool) -> None:
        before, now = self._everything(), self.make.clock()
        message: list[Message] = []
        self._do(
            expected,
            lambda by, at: message.append(step(self.ticket, "Hello.", by, last_seen=None, now=at)),
            who,
        )
        if expected:
            return
        model, until = self.model, now + timedelta(seconds=10)
        model.reply = Reply(message[0].id, who, until, before, model.kept())
        if model.status != CUSTOMER:
            model.asked_from, model.status = model.status, CUSTOMER
        if counts and model.answered_at is None:
            model.answered_at = until

    def _do(self, expected: str, step: Any, who: str) -> None:
        """Take the step; it must come to what the model says, and a refusal leaves no trace."""
        now, before = self.make.clock(), self._everything()
        try:
            with transaction():
                step(self.people[who], now)
            found = ""
        except Refusal as refusal:
            found = type(refusal).__name__
        assert found == expected, f"{who} at {self.model}"
        if expected:
            assert self._everything() == before

    def _refused(self, who: str, allowed: bool) -> str:
        """The refusal for somebody without the right to a step."""
        if allowed:
            return ""
        return (NotFound if who in {"an agent elsewhere", "a stranger"} else NotAllowed).__name__

    def _refused_to_staff(self, who: str, allowed: bool) -> str:
        """The same, and for everybody where staff have nothing to do any more."""
        ended = self._closed() or self.model.archived
        return self._refused(who, allowed) or (WrongState.__name__ if ended else "")

    def _may_write(self, who: str) -> bool:
        return who in STAFF and (self.model.forwarded or who not in AT_THE_STORE)

    def _closed(self) -> bool:
        return self.model.status == CLOSED

    def _everything(self) -> dict[str, Any]:
        """All that a reply changes: the ticket, who held it when, and what was said."""
        db.session.rollback()
        names = [one.key for one in Ticket.__mapper__.column_attrs if one.key not in BESIDE]
        held = select(HeldInterval).where(HeldInterval.ticket_id == self.ticket.id)
        said = conversation.read(self.ticket, self.people["platform_admin"], now=self.make.clock())
        return {
            **{name: getattr(self.ticket, name) for name in names},
            "held": [
                (one.id, one.side, one.began_at, one.ended_at)
                for one in db.session.scalars(held.order_by(HeldInterval.id))
            ],
            "said": [one.id for one in said],
        }

    def _events(self) -> int:
        db.session.rollback()
        mine = select(func.count()).where(Event.ticket_id == self.ticket.id)
        return db.session.scalar(mine) or 0


def test_whatever_happens_only_legal_steps_do(make: Make) -> None:
    roles = (*STAFF, "analyst", "tech_support")
    staff = {role: make.actor(role) for role in roles}
    elsewhere = make.actor("agent", make.store("other"))
    Life.make, Life.people = make, {**staff, "an agent elsewhere": elsewhere}
    run_state_machine_as_test(Life, settings=LIFE)
