"""What `backoffice/list.html` shows, as data: the contract between a list's view and its template."""

from dataclasses import dataclass
from typing import Any

from helpdesk.language import gettext as _
from helpdesk.lists.asked import COUNT_LIMIT, PAGE_ROWS, Asked
from helpdesk.lists.declaration import Query
from helpdesk.views.forms import BaseForm
from helpdesk.words import counted

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Heading:
    """A shown column: its name, its words, and the order that its heading leads to."""

    name: str
    label: str
    sort_url: str
    sorted: str
    """`ascending` or `descending` while the list stands in its order, else empty."""


@dataclass(frozen=True)
class ShownFilter:
    """A filter as the page shows it; `value` is what is in force."""

    name: str
    label: str
    kind: str
    choices: Pairs
    value: str
    lookup_url: str = ""
    chosen_label: str = ""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Everything `backoffice/list.html` shows."""

    title: str
    intro: str
    create: dict[str, str] | None
    """Label and address of the page where a new row is made."""
    count_text: str
    not_understood: list[str]
    """Filters whose values nobody could read, so that the list is shown without them."""
    cards: list[dict[str, Any]]
    views: list[dict[str, Any]]
    save: dict[str, Any] | None
    remove_form: BaseForm
    query: Pairs
    q: str
    q_label: str
    filters: list[ShownFilter]
    active: bool
    clear_url: str
    kept_for_filters: Pairs
    kept_for_display: Pairs
    sortings: Pairs
    sorting: str
    columns: list[Heading]
    all_columns: list[tuple[str, str, bool]]
    density: str
    cells: str
    previews: bool
    row_actions: list[tuple[str, str]]
    rows: list[dict[str, Any]]
    bulk: list[dict[str, str]]
    export: dict[str, Any] | None
    next_url: str | None
    prev_url: str | None
    empty_title: str
    empty_text: str
    banner: dict[str, str] | None = None
    """What has to be said above the list whatever is asked of it: text, action and address."""


def pairs_of(query: Query) -> Pairs:
    """A search as the hidden fields of a form and as an address say it."""
    return [(name, value) for name, values in query.items() for value in values]


def empty_text(asked: Asked) -> str:
    """What stands in place of rows: why there are none, and what to do."""
    if asked.q:
        return asked.listing.unfound(asked.q, asked.viewer)
    if asked.narrowed:
        return _("Change or clear the search and the filters.")
    return asked.listing.empty(asked.viewer)


def found_text(count: int, *, more: bool) -> str:
    """How many a search found. Further than the page nobody counts: it would take longer than to find them."""
    if more:
        return _("More than %(count)s found", count=PAGE_ROWS)
    return _("%(count)s found", count=count)


def count_text(count: int, *, narrowed: bool) -> str:
    """How many there are, in words; past ten thousand nobody counts them for a heading."""
    said = f"{counted(COUNT_LIMIT)}+" if count > COUNT_LIMIT else counted(count)
    return _("%(count)s found", count=said) if narrowed else _("%(count)s in all", count=said)
