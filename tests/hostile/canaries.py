"""A thousand words, each planted where few may read it, and a visitor who notes every one that they are shown."""

import random
import re
import string
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.test import TestResponse

from helpdesk.db import db, transaction
from helpdesk.domain import (
    attachments,
    canned_replies,
    complaints,
    drafts,
    notes,
    notices,
    presence,
    ratings,
    review,
    saved_views,
    tags,
)
from helpdesk.domain.permissions import Actor
from helpdesk.enums import (
    DraftMode,
    ExportFormat,
    ExportStatus,
    Lang,
    PresenceState,
    TicketStatus,
)
from helpdesk.models import Export, Store, Ticket
from helpdesk.uploads import storage, take
from tests.fixtures import papers
from tests.fixtures.factory import Filed, Make
from tests.hostile.ground import Prober
from tests.views.world import DAY, World

WORD = re.compile(r"canary[a-z]{8}q", re.IGNORECASE)
PLATFORM = frozenset({"platform_admin", "platform_reviewer"})
WORKING = frozenset({"store_owner", "store_manager", "agent"})
"""At noor; the analyst reads along, but knows no customer by name or address."""
STAFF = {"noor": WORKING | {"analyst"}, "najd": frozenset({"other_agent"})}
KNOWING = {"noor": WORKING, "najd": STAFF["najd"]}
NOBODY: frozenset[str] = frozenset()
OF_A_STORE = 20
"""Complaints that a whole conversation is planted in."""
EARLY = 12
"""Complaints that the platform has not forwarded yet."""


@dataclass
class Plant:
    """Every word, what it stands in, and who may read it."""

    make: Make
    readers: dict[str, frozenset[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    filed: dict[str, list[Filed]] = field(default_factory=lambda: {"noor": [], "najd": []})
    codes: set[str] = field(default_factory=set)
    dice: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311

    def word(self, kind: str, readers: frozenset[str]) -> str:
        letters = "".join(self.dice.choices(string.ascii_lowercase, k=8))
        made = f"canary{letters}q"
        self.readers[made], self.kinds[made] = readers, kind
        return made

    def forbidden(self, principal: str, text: str, asked: str) -> dict[str, str]:
        """The words in it that are not for this person and that they have not typed themselves; each with its kind."""
        seen = {word.lower() for word in WORD.findall(text)} - {
            w.lower() for w in WORD.findall(asked)
        }
        return {one: self.kinds[one] for one in seen if principal not in self.readers[one]}


class Spy(Prober):
    """Whatever this visitor is answered is looked through."""

    def look_for(self, plant: Plant, principal: str) -> "Spy":
        self.plant, self.principal, self.met = plant, principal, set[str]()
        return self

    def _judge(self, response: TestResponse) -> None:
        super()._judge(response)
        headers = unquote_plus("\n".join(f"{n}: {v}" for n, v in response.headers))
        text = response.get_data().decode(errors="replace") + headers
        self.met |= {word.lower() for word in WORD.findall(text)}
        request = response.request
        typed = unquote_plus(f"{request.path} {request.query_string.decode(errors='replace')}")
        for kind in self.plant.forbidden(self.principal, text, typed).values():
            self.tally.leak(f"{self.principal} is shown {kind} at {request.method} {request.path}")
        for code in self.plant.codes:
            if code in text or f"{code[:4]}-{code[4:]}" in text:
                self.tally.leak(f"{self.principal} is shown a code at {request.path}")


def plant_all(make: Make, world: World) -> Plant:
    """Plant them by the rules, as people would have typed them."""
    plant = Plant(make)
    for slug in ("noor", "najd"):
        people = Staff(plant, slug)
        for serial in range(OF_A_STORE):
            _conversation(plant, people, closed=serial % 4 == 3)
        for _ in range(EARLY):
            _early(plant, people)
        _of_the_store(plant, people)
    _of_the_platform(plant)
    _of_the_shopper(plant, world)
    return plant


class Staff:
    """Those who write in one store, and its place."""

    def __init__(self, plant: Plant, slug: str) -> None:
        make = plant.make
        self.slug, self.store = slug, make.store(slug)
        both = STAFF[slug] | PLATFORM
        self.agent_user = make.user("agent", self.store, name=plant.word("an agent's name", both))
        owner = make.user("store_owner", self.store, name=plant.word("an owner's name", both))
        reviewer = make.user("platform_reviewer", name=plant.word("a reviewer's name", both))
        self.agent, self.owner = make.acting(self.agent_user), make.acting(owner)
        self.reviewer = make.acting(reviewer)


def _customer(plant: Plant, slug: str, early: bool) -> dict[str, Any]:
    told = NOBODY if early else STAFF[slug]
    knowing = NOBODY if early else KNOWING[slug]
    return {
        "name": plant.word("a customer's name", KNOWING[slug] | PLATFORM),
        "email": plant.word("a customer's address", knowing | PLATFORM) + "@example.com",
        "order_number": plant.word("an order's number", STAFF[slug] | PLATFORM),
        "description": "It says " + plant.word("a complaint's text", told | PLATFORM) + " on it.",
    }


def _conversation(plant: Plant, people: Staff, *, closed: bool) -> None:
    make, slug, now = plant.make, people.slug, plant.make.clock
    staff, both = STAFF[slug], STAFF[slug] | PLATFORM
    filed = make.complaint(store=people.store, **_customer(plant, slug, early=False))
    ticket, customer = filed.ticket, make.shopper(filed.ticket)
    with transaction():
        review.forward(ticket, plant.word("a forwarding note", both), people.reviewer, now=now())
    token = _file(plant, ticket, customer, plant.word("a customer's file name", both))
    with transaction():
        complaints.answer(
            ticket, plant.word("an answer", both), people.agent, last_seen=None, now=now()
        )
    make.release()
    with transaction():
        text = plant.word("a customer's reply", both)
        complaints.respond(ticket, text, customer, files=[token], now=now())
    for actor, kind, readers in (
        (people.agent, "a store's note", staff),
        (people.reviewer, "the platform's note", PLATFORM),
    ):
        file = _file(plant, ticket, actor, plant.word(f"the file name in {kind}", readers))
        with transaction():
            text = plant.word(kind, readers)
            notes.write(ticket, text, actor, last_seen=None, files=[file], now=now())
        with transaction():
            drafts.keep(ticket, DraftMode.NOTE, plant.word("a draft", NOBODY), actor, now=now())
            presence.note(ticket, PresenceState.WRITING, actor, now=now())
    with transaction():
        tags.put(ticket, [plant.word("a tag", staff)], people.agent, now=now())
        db.session.get_one(Ticket, ticket.id).assignee_id = people.agent_user.id
    if closed:
        _close_and_rate(plant, ticket, customer, both)
    _keep(plant, filed, slug)


def _close_and_rate(plant: Plant, ticket: Ticket, customer: Actor, readers: frozenset[str]) -> None:
    plant.make.answer(ticket)
    plant.make.close(ticket)
    with transaction():
        comment = plant.word("a rating's comment", readers)
        ratings.rate(ticket, 4, comment, customer, now=plant.make.clock())


def _early(plant: Plant, people: Staff) -> None:
    """Of these the store knows the card alone."""
    values = _customer(plant, people.slug, early=True)
    _keep(plant, plant.make.complaint(store=people.store, **values), people.slug)


def _keep(plant: Plant, filed: Filed, slug: str) -> None:
    plant.filed[slug].append(filed)
    plant.codes.add(filed.tracking_code)


def _file(plant: Plant, ticket: Ticket, actor: Actor, word: str) -> str:
    upload = take(f"{word}.txt", papers.GOOD["note.txt"], limit_mb=1)
    with transaction():
        return attachments.stage(ticket.store, upload, actor, now=plant.make.clock()).token


def _of_the_store(plant: Plant, people: Staff) -> None:
    staff, now = STAFF[people.slug], plant.make.clock
    for _ in range(10):
        _canned(plant, people.store, people.owner, staff)
        for actor, shared in ((people.agent, False), (people.owner, False), (people.owner, True)):
            kind = "a shared view" if shared else "a private view"
            name = plant.word(kind, staff if shared else NOBODY)
            with transaction():
                saved_views.save(
                    "complaints",
                    name,
                    {"q": [plant.word(f"the search of {kind}", staff if shared else NOBODY)]},
                    people.store,
                    actor,
                    shared=shared,
                    now=now(),
                )
        _export(plant, people.store, people.agent_user.id)
        _notice(plant, people)


def _canned(plant: Plant, place: Store, actor: Actor, readers: frozenset[str]) -> None:
    wording = canned_replies.Wording(
        title=plant.word("a predefined title", readers),
        body_en=plant.word("a predefined text", readers),
        body_ar=plant.word("a predefined text", readers),
    )
    with transaction():
        here = db.session.get_one(Store, place.id)
        canned_replies.save(here, wording, actor, now=plant.make.clock())


def _export(plant: Plant, place: Store, user_id: int) -> None:
    """A colleague's finished list; its file holds what nobody else may take out."""
    now, name = plant.make.clock(), f"{plant.word('the file of an export', NOBODY)}.csv"
    disk, path = storage._at(name)
    disk.makedirs(path.rpartition("/")[0], exist_ok=True)
    disk.pipe_file(path, plant.word("the rows of an export", NOBODY).encode())
    with transaction() as session:
        session.add(
            Export(
                store_id=place.id,
                user_id=user_id,
                list="complaints",
                query={"q": [plant.word("the search of an export", NOBODY)]},
                format=ExportFormat.CSV,
                lang=Lang.EN,
                status=ExportStatus.DONE,
                file_name=name,
                created_at=now,
                expires_at=now + DAY,
            )
        )


def _notice(plant: Plant, people: Staff) -> None:
    """What a colleague is told; a store's name stands for any word in it."""
    word = plant.word("a colleague's notice", NOBODY)
    with transaction():
        notices.tell(
            people.agent_user.id,
            people.store,
            "complaint_new_platform",
            about=None,
            facts={"count": 1, "stores": [{"en": word, "ar": word}]},
            event_id=None,
            dedup_key=word,
            now=plant.make.clock(),
        )


def _of_the_platform(plant: Plant) -> None:
    make = plant.make
    admin, place = make.actor("platform_admin"), make.platform()
    for _ in range(10):
        _canned(plant, place, admin, PLATFORM | STAFF["noor"] | STAFF["najd"])
        with transaction():
            name = plant.word("a private view", NOBODY)
            saved_views.save("complaints", name, {}, place, admin, shared=False, now=make.clock())


def _of_the_shopper(plant: Plant, world: World) -> None:
    """A complaint whose customer looks on: their own words, but nothing that is said about them."""
    make, people = plant.make, Staff(plant, "noor")
    values = _customer(plant, "noor", early=False)
    for one in WORD.findall(" ".join(values.values())):
        plant.readers[one] |= {"shopper"}
    filed = make.complaint(TicketStatus.PENDING_CUSTOMER, people.store, **values)
    both = STAFF["noor"] | PLATFORM
    for actor, kind, readers in (
        (people.agent, "a store's note", STAFF["noor"]),
        (people.reviewer, "the platform's note", PLATFORM),
    ):
        with transaction():
            notes.write(
                filed.ticket, plant.word(kind, readers), actor, last_seen=None, now=make.clock()
            )
    make.answer(filed.ticket, plant.word("an answer", both | {"shopper"}))
    world.complaints["own"] = filed
    world.complaints["other"] = plant.filed["najd"][0]
    plant.codes.discard(filed.tracking_code)
    _keep(plant, filed, "noor")
