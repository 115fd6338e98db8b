"""What a list is: columns, filters with their conditions, orders and search, all under stable names (pages 4.12)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk import normalise
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import Team
from helpdesk.language import gettext as _
from helpdesk.models import Store

TEXT_LIMIT = 200
MAX_ID = 2**31
"""Ids are 32-bit integers; PostgreSQL refuses to compare them with more."""
ID_DIGITS = 10
FIRST_YEAR = 1970
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Words = str
"""Marked lazy where it is declared, so it speaks the language of whoever reads."""
Rows = Select[*tuple[Any, ...]]
Conditions = list[ColumnElement[bool]]
Query = dict[str, list[str]]
"""Stable names and their values, as they stand in an address."""


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who reads a list, where and when: a person at a page, or the worker on their behalf."""

    actor: Actor
    place: Store
    """Where they work: the store, or the platform's own row."""
    lang: str
    zone: str
    now: datetime
    platform: str
    """The platform's name in the reader's language."""

    def sees(self, team: Team | None) -> bool:
        """Whether a part that only one side has is for them."""
        return team is None or team is self.actor.team


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column. Its name is its fact's key and its name in addresses."""

    name: str
    label: Words
    team: Team | None = None
    """The one side that has it."""
    sorting: str = ""
    """The order that its heading offers."""


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """An order of the list by a moment and then by id, both under one index."""

    name: str
    label: Words
    key: InstrumentedAttribute[Any]
    newest_first: bool = True
    condition: ColumnElement[bool] | None = None
    """Which rows have a place in this order at all."""
    team: Team | None = None
    """The one side that has it."""

    def written(self, value: Any) -> int:
        """A row's place in the order as a whole number, for addresses."""
        since: timedelta = value - EPOCH
        return round(since.total_seconds() * 1_000_000)

    def read(self, number: int) -> Any | None:
        """The place that `written` wrote; None when there can be no such place."""
        try:
            moment = datetime.fromtimestamp(number // 1_000_000, UTC)
        except (OverflowError, ValueError, OSError):
            return None
        return moment.replace(microsecond=number % 1_000_000)


class Ranking(Sorting):
    """An order of the list by a small whole number and then by id."""

    def written(self, value: Any) -> int:
        return int(value)

    def read(self, number: int) -> int | None:
        return number if number < MAX_ID else None


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A filter: how its value is read, and the condition it puts on the rows."""

    kind: ClassVar[str]
    name: str
    label: Words
    condition: Callable[[Any, Viewer], ColumnElement[bool]]
    otherwise: ColumnElement[bool] | None = None
    """The condition while it is not in force, also for those who do not have it."""
    team: Team | None = None

    def open_to(self, viewer: Viewer) -> bool:
        """Whether the viewer has this filter."""
        return viewer.sees(self.team)

    def choices(self, _viewer: Viewer) -> list[tuple[str, str]]:
        """Value and words of each choice."""
        return []

    def read(self, typed: str, viewer: Viewer) -> Any | None:
        """What was asked for; None when nothing was, or nothing that is possible."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Choice(Filter):
    """One of a few."""

    kind = "select"
    options: Callable[[Viewer], list[tuple[str, str]]]

    def choices(self, viewer: Viewer) -> list[tuple[str, str]]:
        return self.options(viewer)

    def read(self, typed: str, viewer: Viewer) -> str | None:
        return typed if typed and typed in dict(self.options(viewer)) else None


@dataclass(frozen=True, kw_only=True)
class Text(Filter):
    """A text that has to be the same."""

    kind = "text"

    def read(self, typed: str, _viewer: Viewer) -> str | None:
        return normalise.line(typed)[:TEXT_LIMIT] or None


@dataclass(frozen=True, kw_only=True)
class Tick(Filter):
    """On or off."""

    kind = "check"

    def read(self, typed: str, _viewer: Viewer) -> bool | None:
        return True if typed == "1" else None


@dataclass(frozen=True, kw_only=True)
class Day(Filter):
    """A day as an ISO date, digits of any script; the condition is given its midnight where the viewer works."""

    kind = "date"

    def read(self, typed: str, viewer: Viewer) -> datetime | None:
        try:
            day = datetime.strptime(normalise.reference(typed), "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            return None
        if not FIRST_YEAR <= day.year < MAXYEAR:
            return None  # its midnight elsewhere might be no date any more
        return day.replace(tzinfo=ZoneInfo(viewer.zone)).astimezone(UTC)


def end_of(day: datetime) -> datetime:
    """The midnight after a `Day`."""
    return day + timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Lookup(Filter):
    """One of many rows, looked up by what is typed. Only what the viewer may see is found."""

    kind = "lookup"
    permission: Permission
    find: Callable[[str], list[tuple[int, str]]]
    named: Callable[[int], str | None]

    def open_to(self, viewer: Viewer) -> bool:
        return super().open_to(viewer) and self.permission in viewer.actor.permissions

    def read(self, typed: str, viewer: Viewer) -> int | None:
        plausible = typed.isascii() and typed.isdigit() and len(typed) <= ID_DIGITS
        if not plausible or int(typed) >= MAX_ID or self.permission not in viewer.actor.permissions:
            return None
        return int(typed) if self.named(int(typed)) is not None else None


@dataclass(frozen=True, kw_only=True)
class View:
    """A search that everybody finds ready above the list."""

    label: Words
    query: Query
    team: Team | None = None


@dataclass(frozen=True, kw_only=True)
class Card:
    """A status with how many rows have it, from a kept counter."""

    status: str
    label: str
    tone: str
    count: int


def no_cards(_viewer: Viewer) -> list[Card]:
    """For lists whose rows nobody counts."""
    return []


@dataclass(frozen=True, kw_only=True)
class Hit:
    """The line of a row in which a search was found."""

    where: str
    pieces: Sequence[tuple[str, bool]]
    """Its text in pieces, and of each whether it was looked for."""


def no_hits(_q: str, _ids: Sequence[int], _viewer: Viewer) -> dict[int, Hit]:
    """For lists whose rows show all that is searched."""
    return {}


def nothing_found(_q: str, _viewer: Viewer) -> str:
    """For lists whose search needs no explanation."""
    return _("Change or clear the search and the filters.")


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list."""

    name: str
    title: Words
    searched: Words
    """What the search box takes."""
    reads: Permission
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...]
    sortings: tuple[Sorting, ...]
    """The first is the order of a list that nobody asked to be sorted."""
    id: InstrumentedAttribute[int]
    select: Callable[[Viewer], Rows]
    """The columns that `facts` needs, and nothing else: a few columns, no entities."""
    base: Callable[[Viewer], Conditions]
    search: Callable[[str, Viewer], Conditions]
    facts: Callable[[Viewer], Callable[[Any], dict[str, Any]]]
    """Makes the reader of a row: it gives what the cells need, texts, moments, and `{"label", "tone"}` for a status.

    Whatever is the same in every row (words, rights) is found out once, before the first.
    """
    empty: Callable[[Viewer], str]
    """What will stand here once there is something."""
    views: tuple[View, ...] = ()
    cards: Callable[[Viewer], list[Card]] = field(default=no_cards)
    hits: Callable[[str, Sequence[int], Viewer], dict[int, Hit]] = field(default=no_hits)
    """By row, the line in which a search was found; for those of whose text the row shows nothing."""
    unfound: Callable[[str, Viewer], str] = field(default=nothing_found)
    """What is said when a search finds nothing: what was looked through, and how to find more."""
