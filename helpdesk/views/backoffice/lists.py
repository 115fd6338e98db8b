"""Lists that stay flat at a million rows: keyset pages over an indexed order, filters with stable names."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.domain import stores
from helpdesk.views import page

PAGE_ROWS = 25
COUNT_LIMIT = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR_DIGITS = 17
TEXT_LIMIT = 200
MAX_ID = 2**31
"""Ids are 32-bit integers; PostgreSQL refuses to compare them with more."""
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Column:
    """A column: its stable name (also its cell macro's) and its heading."""

    name: str
    label: str


@dataclass
class Filter:
    """A filter as the page shows it; `value` is what the address asks for, if that is a possible choice."""

    name: str
    label: str
    kind: str
    choices: list[tuple[str, str]] = field(default_factory=list)
    value: str = ""


@dataclass
class ListPage:
    """Everything `backoffice/list.html` shows."""

    title: str
    intro: str
    columns: list[Column]
    cells: str
    rows: Sequence[Any]
    filters: list[Filter]
    q: str
    q_label: str
    active: bool
    clear_url: str
    next_url: str | None
    prev_url: str | None
    count_text: str
    empty_title: str
    empty_text: str


@dataclass(frozen=True)
class Keyset:
    """The order of a list: newest first by a moment, then by id, both under one index."""

    moment: InstrumentedAttribute[datetime]
    id: InstrumentedAttribute[int]

    def page(self, query: Rows) -> tuple[list[Any], str | None, str | None]:
        """One page of `query`, and the cursors of the next and the previous page where there are such pages."""
        key = tuple_(self.moment, self.id)
        after, before = _cursor(request.args.get("after")), _cursor(request.args.get("before"))
        if before is not None:
            found = list(
                db.session.execute(_ascending(self, query.where(key > before)).limit(PAGE_ROWS + 1))
            )
            more, rows = len(found) > PAGE_ROWS, found[:PAGE_ROWS][::-1]
            return rows, _of(rows[-1]) if rows else None, _of(rows[0]) if more else None
        if after is not None:
            query = query.where(key < after)
        found = list(db.session.execute(_descending(self, query).limit(PAGE_ROWS + 1)))
        rows = found[:PAGE_ROWS]
        further = _of(rows[-1]) if len(found) > PAGE_ROWS else None
        return rows, further, _of(rows[0]) if after is not None and rows else None


def chosen(name: str, label: str, choices: list[tuple[str, str]]) -> Filter:
    """A filter by choice. A value that is none of the choices counts as not given."""
    asked = request.args.get(name, "")
    known = asked if asked in dict(choices) else ""
    return Filter(name, label, "select", [("", _("All")), *choices], known)


def by_store() -> Filter:
    """A filter by shop, for those who work across stores (X-02)."""
    choices = [
        (store.slug, page.name_of(store.name_en, store.name_ar)) for store in stores.active()
    ]
    return chosen("store", _("Store"), choices)


def of_store(slug: str, column: InstrumentedAttribute[int]) -> list[ColumnElement[bool]]:
    """The condition that goes with `by_store`."""
    store = stores.find(slug) if slug else None
    return [column == store.id] if store is not None else []


def typed(name: str, label: str) -> Filter:
    """A filter by a text that has to be the same."""
    return Filter(
        name, label, "text", value=normalise.line(request.args.get(name, ""))[:TEXT_LIMIT]
    )


def ticked(name: str, label: str) -> Filter:
    """A filter that is on or off."""
    return Filter(name, label, "check", value="1" if request.args.get(name) == "1" else "")


def dated(name: str, label: str) -> Filter:
    """A filter by day, as an ISO date."""
    asked = request.args.get(name, "")
    try:
        day = datetime.strptime(asked, "%Y-%m-%d").replace(tzinfo=UTC)
        timely = EPOCH.year <= day.year < MAXYEAR  # or its midnight elsewhere is no date any more
    except ValueError:
        timely = False
    return Filter(name, label, "date", value=asked if timely else "")


def count_text(
    condition: Sequence[ColumnElement[bool]], id_column: InstrumentedAttribute[int]
) -> str:
    """How many there are, in words; past ten thousand nobody counts them for a heading."""
    capped = select(id_column).where(*condition).limit(COUNT_LIMIT + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(capped)) or 0
    if count > COUNT_LIMIT:
        return _("%(count)s+ in all", count=f"{COUNT_LIMIT:,}")
    return _("%(count)s in all", count=f"{count:,}")


def turn(**cursor: str | None) -> str | None:
    """This list's address at another page, filters kept; None when there is no such page."""
    wanted = {name: value for name, value in cursor.items() if value}
    if not wanted:
        return None
    kept = {
        name: value
        for name, value in request.args.items()
        if name not in {"after", "before", "lang", "theme"}
    }
    return page.address(**kept, **wanted)


def _ascending(keyset: Keyset, query: Rows) -> Rows:
    return query.order_by(keyset.moment.asc(), keyset.id.asc())


def _descending(keyset: Keyset, query: Rows) -> Rows:
    return query.order_by(keyset.moment.desc(), keyset.id.desc())


def _of(row: Any) -> str:
    """The place of a row in the order; rows name their two keys `cursor_moment` and `id`."""
    micros = (row.cursor_moment - EPOCH).total_seconds() * 1_000_000
    return f"{round(micros)}-{row.id}"


def _cursor(text: str | None) -> tuple[datetime, int] | None:
    """What `_of` wrote; anything else in the address is no cursor, and the first page is shown."""
    micros, dash, row_id = (text or "").partition("-")
    plausible = dash and all(
        part.isascii() and part.isdigit() and len(part) <= CURSOR_DIGITS
        for part in (micros, row_id)
    )
    if not plausible or int(row_id) >= MAX_ID:
        return None
    try:
        return datetime.fromtimestamp(int(micros) // 1_000_000, UTC).replace(
            microsecond=int(micros) % 1_000_000
        ), int(row_id)
    except (OverflowError, ValueError, OSError):
        return None
