"""What somebody asks of a list: read from an address once, wrong values dropped, rows given a page at a time."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from helpdesk import normalise
from helpdesk.db import db
from helpdesk.lists.declaration import (
    MAX_ID,
    TEXT_LIMIT,
    Card,
    Column,
    Conditions,
    Filter,
    Hit,
    Listing,
    Query,
    Sorting,
    Viewer,
)

PAGE_ROWS = 25
COUNT_LIMIT = 10_000
CURSOR_DIGITS = 17
Args = Mapping[str, Sequence[str]]


class Asked:
    """A search of a list with everything that belongs to it: filters, order, columns."""

    def __init__(self, listing: Listing, args: Args, viewer: Viewer) -> None:
        self.listing = listing
        self.viewer = viewer
        self.filters = [one for one in listing.filters if one.open_to(viewer)]
        self.q = normalise.line(_first(args, "q"))[:TEXT_LIMIT]
        self.typed = {
            one.name: normalise.line(_first(args, one.name))[:TEXT_LIMIT] for one in self.filters
        }
        self.values = {one.name: one.read(self.typed[one.name], viewer) for one in self.filters}
        self.sortings = [one for one in listing.sortings if viewer.sees(one.team)]
        self.sorting = self._named_sorting(_first(args, "sort"))
        self.all_columns = [one for one in listing.columns if viewer.sees(one.team)]
        self.columns = _chosen_columns(self.all_columns, args.get("column", ()))

    @cached_property
    def cards(self) -> list[Card]:
        """The kept counts, read once."""
        return self.listing.cards(self.viewer)

    @property
    def narrowed(self) -> bool:
        """Whether a search or a filter leaves rows out."""
        return bool(self.q) or any(value is not None for value in self.values.values())

    @property
    def not_understood(self) -> list[Filter]:
        """Filters whose value in the address is none that they have; the list is shown without them."""
        return [one for one in self.filters if self.typed[one.name] and not self.value_of(one)]

    def value_of(self, one: Filter) -> str:
        """A filter's value as it stands in the address; empty when it is not in force."""
        return self.typed[one.name] if self.values[one.name] is not None else ""

    def query(self) -> Query:
        """The same search in its shortest form: what a saved view and an export keep."""
        kept = {"q": [self.q]} if self.q else {}
        kept |= {one.name: [self.value_of(one)] for one in self.filters if self.value_of(one)}
        if self.sorting is not self.sortings[0]:
            kept["sort"] = [self.sorting.name]
        if self.columns != self.all_columns:
            kept["column"] = [one.name for one in self.columns]
        return kept

    def page(self, args: Args) -> tuple[list[Any], str | None, str | None]:
        """One page of rows at the cursor in `args`, and the cursors of the next and the previous page."""
        after, before = self._cursor(_first(args, "after")), self._cursor(_first(args, "before"))
        if before is not None:
            found = self._read(PAGE_ROWS + 1, self._beyond(before, back=True), back=True)
            rows = found[:PAGE_ROWS][::-1]
            more = len(found) > PAGE_ROWS
            return rows, self._at(rows[-1]) if rows else None, self._at(rows[0]) if more else None
        found = self._read(PAGE_ROWS + 1, *([self._beyond(after)] if after else []))
        rows = found[:PAGE_ROWS]
        further = self._at(rows[-1]) if len(found) > PAGE_ROWS else None
        return rows, further, self._at(rows[0]) if after is not None and rows else None

    def batches(self, size: int) -> Iterator[list[Any]]:
        """Every row in the list's order, `size` at a time; no query reads more than one batch."""
        rows = self._read(size)
        while rows:
            yield rows
            if len(rows) < size:
                return
            last = self._cursor(self._at(rows[-1]))
            rows = self._read(size, self._beyond(last)) if last else []

    def count(self) -> int:
        """How many rows there are; `COUNT_LIMIT + 1` stands for "more than that", past which nobody counts."""
        kept = self.kept_count(self.query())
        if kept is not None:
            return min(kept, COUNT_LIMIT + 1)
        capped = select(self.listing.id).where(*self.conditions()).limit(COUNT_LIMIT + 1).subquery()
        return db.session.scalar(select(func.count()).select_from(capped)) or 0

    def kept_count(self, query: Query) -> int | None:
        """What the kept counters say of a search; None when it asks for more than a status."""
        sorting = self._named_sorting(_first(query, "sort"))
        if not self.cards or not query.keys() <= COUNTED or sorting.condition is not None:
            return None
        wanted = query.get("status")
        return sum(card.count for card in self.cards if wanted is None or card.status in wanted)

    def conditions(self) -> Conditions:
        """What a row must be to stand in the list."""
        conditions = list(self.listing.base(self.viewer))
        for one in self.listing.filters:
            value = self.values.get(one.name)
            if value is not None:
                conditions.append(one.condition(value, self.viewer))
            elif one.otherwise is not None:
                conditions.append(one.otherwise)
        conditions += self._sought
        if self.sorting.condition is not None:
            conditions.append(self.sorting.condition)
        return conditions

    def _named_sorting(self, name: str) -> Sorting:
        named = {one.name: one for one in self.sortings}
        return named.get(name, self.sortings[0])

    @cached_property
    def _sought(self) -> Conditions:
        """What the search asks of a row, found out once: it may take a look at the rows."""
        return self.listing.search(self.q, self.viewer) if self.q else []

    def facts(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """The rows as their cells need them."""
        read = self.listing.facts(self.viewer)
        return [read(row) for row in rows]

    def hits(self, rows: Sequence[Any]) -> dict[int, Hit]:
        """By row, the line in which the search was found."""
        return self.listing.hits(self.q, [row.id for row in rows], self.viewer) if self.q else {}

    def _read(self, limit: int, *conditions: ColumnElement[bool], back: bool = False) -> list[Any]:
        key, row_id = self.sorting.key, self.listing.id
        falling = self.sorting.newest_first is not back
        order = (key.desc(), row_id.desc()) if falling else (key.asc(), row_id.asc())
        query = self.listing.select(self.viewer).add_columns(key.label("cursor_key"))
        found = query.where(*self.conditions(), *conditions).order_by(*order).limit(limit)
        return list(db.session.execute(found))

    def _beyond(self, cursor: tuple[Any, int], *, back: bool = False) -> ColumnElement[bool]:
        key = tuple_(self.sorting.key, self.listing.id)
        return key < cursor if self.sorting.newest_first is not back else key > cursor

    def _at(self, row: Any) -> str:
        """The place of a row in the order; rows name their two keys `cursor_key` and `id`."""
        return f"{self.sorting.written(row.cursor_key)}-{row.id}"

    def _cursor(self, text: str) -> tuple[Any, int] | None:
        """What `_at` wrote; anything else in the address is no cursor, and the first page is shown."""
        key, dash, row_id = text.partition("-")
        plausible = dash and all(
            part.isascii() and part.isdigit() and len(part) <= CURSOR_DIGITS
            for part in (key, row_id)
        )
        if not plausible or int(row_id) >= MAX_ID:
            return None
        place = self.sorting.read(int(key))
        return (place, int(row_id)) if place is not None else None


COUNTED = {"status", "sort", "column"}


def _first(args: Args, name: str) -> str:
    values = args.get(name) or [""]
    return values[0]


def _chosen_columns(there: list[Column], named: Sequence[str]) -> list[Column]:
    """The first holds the link to the record, so it always stays."""
    first, *further = there
    chosen = [one for one in further if one.name in named]
    return [first, *chosen] if chosen or first.name in named else there


def chosen_columns(asked: Asked) -> list[tuple[Column, bool]]:
    """Every column that there is for the viewer, and whether it is shown."""
    return [(one, one in asked.columns) for one in asked.all_columns]
