"""What `backoffice/list.html` shows, as data: the contract between a list's view and its template."""

from dataclasses import dataclass
from typing import Any

from helpdesk.views.forms import BaseForm

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Heading:
    """A shown column: its name (also its cell macro's), its words, and the order that its heading leads to."""

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
