"""Forms, found by walking: whatever a page offers to this person, and what its fields hold."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.fixtures.client import Client
from tests.fixtures.pages import Page, read_form
from tests.views.matrix import ROUTES, expected
from tests.views.steps import COMPLAINT
from tests.views.world import FOR_A_SCRIPT, FORMS, Visit

CHOSEN = frozenset({"radio", "checkbox"})
ALIKE = 4
"""So many pages of one kind are enough: complaints in every status are among them."""
GOOD = COMPLAINT | {"password": "a good new password", "again": "a good new password"}


@dataclass(frozen=True)
class FoundForm:
    """One form: where it leads, and what it would send."""

    page: str
    address: str
    endpoint: str
    method: str
    values: dict[str, list[str]]
    kinds: dict[str, str]
    scripted: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        operation = self.address.rpartition("/")[2] if self.endpoint.endswith("operate") else ""
        return self.endpoint, self.method, operation, *sorted(self.kinds)

    @property
    def good(self) -> dict[str, str | list[str]]:
        """Values that would be taken, as far as we know any."""
        typed = {**GOOD, **FORMS.get(self.endpoint, {})}
        ours = {name: value for name, value in typed.items() if name in self.kinds}
        return self.values | ours

    def typed_fields(self) -> list[str]:
        return [name for name in self.kinds if name != "csrf_token"]


def endpoint_of(app: Flask, address: str, method: str) -> tuple[str, dict[str, object]]:
    path = urlsplit(address).path
    try:
        return app.url_map.bind("desk.test").match(path, method)
    except HTTPException:
        return "", {}


def walk(visit: Visit, principal: str, *more: str) -> dict[tuple[str, ...], FoundForm]:
    """Every kind of form on every kind of page that this person reaches, from the matrix's addresses on."""
    app, found = visit.client.application, {}
    waiting = [
        visit.address(endpoint, row.partition(" ")[2])
        for endpoint, rows in ROUTES.items()
        for row in rows
        if row.startswith("GET") and expected(endpoint, row, principal) == "2"
    ]
    waiting += more
    seen: Counter[object] = Counter()
    while waiting:
        address = waiting.pop(0)
        endpoint, values = endpoint_of(app, address, "GET")
        kind = (
            endpoint,
            values.get("operation"),
            *parse_qs(urlsplit(address).query).get("mode", []),
        )
        if not endpoint or endpoint == "static" or seen[kind] >= ALIKE or address in seen:
            continue
        seen.update([kind, address])
        response = _open(visit.client, endpoint, address)
        if response.status_code == 200 and response.mimetype == "text/html":
            page = Page(response.text)
            for form in _forms(app, page, address):
                found.setdefault(form.key, form)
            waiting += list(_links(page, address))
    return found


def _open(client: Client, endpoint: str, address: str) -> TestResponse:
    headers = FOR_A_SCRIPT if endpoint.endswith((".preview", ".presence")) else {}
    return client.get(address, headers=headers, buffered=True)


def _links(page: Page, address: str) -> Iterator[str]:
    for link in page.root.all("a"):
        there = urlsplit(urljoin(address, link.get("href")))
        if there.netloc in {"", "desk.test"} and there.path.startswith("/"):
            yield f"{there.path}?{there.query}".removesuffix("?")


def _forms(app: Flask, page: Page, address: str) -> Iterator[FoundForm]:
    for element in page.root.all("form"):
        form = read_form(element)
        method = (form.method or "get").upper()
        action = urljoin(address, form.action)
        endpoint, _values = endpoint_of(app, action, method)
        if not endpoint:
            continue
        controls = [one for one in element.all("input", "select", "textarea") if one.get("name")]
        kinds = {one.get("name"): one.get("type").lower() or one.tag for one in controls}
        yield FoundForm(address, action, endpoint, method, form.data, kinds)


def scripted(visit: Visit, known: set[str]) -> Iterator[FoundForm]:
    """Posts that no form on a page makes: a script's, or a button's that is not shown in the world as it is."""
    for endpoint, rows in ROUTES.items():
        own = [row for row in rows if row.startswith(("POST own", "POST shared"))]
        if endpoint in known or endpoint == "files.stage":
            continue
        for row in own:
            address = visit.address(endpoint, row.partition(" ")[2])
            fields = FORMS.get(endpoint, {}) or {"idempotency": ""}
            values = {name: [value] for name, value in fields.items()}
            kinds = dict.fromkeys(fields, "text")
            yield FoundForm(address, address, endpoint, "POST", values, kinds, scripted=True)
