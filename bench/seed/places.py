"""Twenty stores, the first with half of all complaints, and the people who work in them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

STORES = 20
FIRST_ID = 100
"""Below it are the rows that the migrations write."""
BIG = FIRST_ID
BIG_SLUG = "bench-1"
BIG_NAME = "Bench Store 1"
STAFF_OF_BIG = 12
STAFF = 3
REVIEWER = FIRST_ID
PASSWORD = "Bench-2468!"  # noqa: S105 - of made-up people on this machine
TAGS = ("wholesale", "fragile", "vip", "courier", "return", "gift", "summer", "import")
HOURS = {str(day): ["09:00", "18:00"] for day in (6, 0, 1, 2, 3)}
NOTICES = 60
NEW_NOTICES = 9

Row = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Person:
    """A member of staff."""

    id: int
    store_id: int
    name: str

    @property
    def email(self) -> str:
        """What they sign in with."""
        return f"staff{self.id}@bench.example"


def store_of(number: int) -> int:
    """The store of the so-manieth complaint."""
    return BIG if number % 2 == 0 else BIG + 1 + (number // 2) % (STORES - 1)


def staff() -> dict[int, list[Person]]:
    """By store, who works there; the platform's reviewer is `REVIEWER`."""
    found: dict[int, list[Person]] = {}
    person_id = REVIEWER + 1
    for store_id in range(BIG, BIG + STORES):
        count = STAFF_OF_BIG if store_id == BIG else STAFF
        ids = range(person_id, person_id + count)
        found[store_id] = [Person(one, store_id, f"Agent {one}") for one in ids]
        person_id += count
    return found


def rows(hashed: str, roles: dict[str, int], platform_id: int, now: datetime) -> Iterator[Row]:
    """Stores, staff, tags, and what a few of the staff were told."""
    opened = now - timedelta(days=800)
    for number in range(STORES):
        yield _store(number, opened)
        for place, name in enumerate(TAGS):
            yield "tag", (tag_id(BIG + number, place), BIG + number, name, name, opened)
    reviewer = Person(REVIEWER, platform_id, "Reviewer")
    yield from _person(reviewer, roles["platform_reviewer"], hashed, opened)
    for people in staff().values():
        for person in people:
            yield from _person(person, roles["store_manager"], hashed, opened)
            yield from _notices(person, now)


def tag_id(store_id: int, place: int) -> int:
    return (store_id - BIG) * len(TAGS) + place + 1


def _store(number: int, opened: datetime) -> Row:
    names = (f"bench-{number + 1}", f"Bench Store {number + 1}", f"متجر القياس {number + 1}")
    at_home = ("#3A5BA0", "SAR", "SA", "Asia/Riyadh", "en", json.dumps(HOURS), "[]")
    return "store", (BIG + number, "store", *names, *at_home, True, opened)


def _person(one: Person, role: int, hashed: str, opened: datetime) -> Iterator[Row]:
    token = f"bench-{one.id}"
    yield "user", (one.id, one.email, one.name, hashed, True, token, "en", opened)
    yield "membership", (one.id, one.store_id, role, opened)


def _notices(person: Person, now: datetime) -> Iterator[Row]:
    for place in range(NOTICES):
        at = now - timedelta(hours=3 * place + 1)
        read_at = None if place < NEW_NOTICES else at + timedelta(minutes=9)
        key = f"bench-{person.id}-{place}"
        about = (person.store_id, "complaint_forwarded", f"bench/{key}", "{}", key)
        yield "notification", (person.id, *about, at, read_at)
