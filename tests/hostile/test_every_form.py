"""Every form that a page offers to anybody, every field of it, and everything that people and programs type there."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from helpdesk import models
from helpdesk.domain import complaints, members, saved_views
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page, read_form
from tests.hostile.found_forms import CHOSEN, FoundForm, scripted, walk
from tests.hostile.ground import (
    NOTES_OF_A_TRY,
    Ledger,
    Moment,
    Prober,
    Tally,
    Wrote,
    encoded,
    not_plain,
    prober,
)
from tests.views.matrix import PRINCIPALS, ROUTES
from tests.views.seeds import RAW, REDIRECTS, TEXTS
from tests.views.steps import Deliver
from tests.views.world import FOR_A_SCRIPT, Visit, World, enter

LIMITS = {  # those of names and messages are among the texts
    models.RESOLUTION_LIMIT,
    models.COMMENT_LIMIT,
    models.TAG_LIMIT,
    members.PASSWORD_MAX,
    complaints.ORDER_NUMBER_LIMIT,
    saved_views.NAME_LIMIT,
}
SEEDS = TEXTS | RAW | {f"{n} letters": "n" * n for one in LIMITS for n in (one, one + 1)}
FEW = ("nothing", "NUL", "2^63", "many digits", "direction override", "lone surrogate", "markup")
FEW_TEXTS = {name: SEEDS[name] for name in FEW}
ONE_TEXT = {"NUL": SEEDS["NUL"]}
PLAIN = {200, 201, 204, 302, 303, 400, 403, 404, 409, 413, 414, 422, 429}
"""413, 414 and 429 too: each of them says in a sentence what to do."""
TRIED = NOTES_OF_A_TRY | {"verification_code", "login_session", "event"}
"""What a refused try may leave: a count, and the fact that somebody was not let in."""
OWN = "the token of the page"
SECRET = frozenset({"password", "again", "current"})
SMUGGLED = {
    "role": "platform_admin",
    "store_id": "987654321",
    "author_id": "987654321",
    "user_id": "987654321",
    "balance": "987654321",
    "forwarded_at": "1999-09-09",
    "closed_at": "1999-09-09",
    "internal": "smuggled",
    "permissions": "smuggled",
    "team": "smuggled",
}
SMUGGLED_SIGNS = ("platform_admin", "987654321", "1999-09-09", "smuggled")
ATTACKED: dict[str, set[tuple[str, ...]]] = defaultdict(set)
"""Of each database: forms that the person before has tried in full already."""
NO_FORM = {"files.stage": "files, see test_thousand_files.py", "files.remove": "has no field"}


@dataclass
class Attack:
    """One person, sent back to the same moment after everything that had an effect."""

    visit: Visit
    client: Prober
    moment: Moment
    ledger: Ledger
    tally: Tally

    def __post_init__(self) -> None:
        self.cookies = self.client.cookies

    def on(self, form: FoundForm, seeds: dict[str, str]) -> None:
        for name in form.typed_fields():
            shy = form.kinds[name] in {"hidden", *CHOSEN, "select"}
            for seed, text in (FEW_TEXTS if shy and seeds is SEEDS else seeds).items():
                self._type(form, name, seed, text)
        if form.method == "POST":
            self._smuggle(form)
            self._forge(form)

    def _type(self, form: FoundForm, name: str, seed: str, text: str) -> None:
        where = f"{form.endpoint} {form.key[2]} {name}={seed!r}"
        values = form.good | {name: text}
        response = self._send(form, values)
        wrote = self.ledger.take()
        self.tally.written += bool(set(wrote.tables) - NOTES_OF_A_TRY)
        for fault in self._wrong(form, response, wrote):
            self.tally.fault(f"{where}: {fault}")
        if response.status_code == 422 and response.mimetype == "text/html" and seed not in RAW:
            for fault in _lost(form, response, name, text):
                self.tally.fault(f"{where}: {fault}")
        tokened = "idempotency" in form.kinds and name != "idempotency"
        if tokened and response.status_code < 400 and wrote.inserted:
            self._again(form, values, where)
        self._return(wrote)

    def _again(self, form: FoundForm, values: dict[str, str | list[str]], where: str) -> None:
        self._send(form, values)
        second = self.ledger.take()
        twice = set(second.inserted) - NOTES_OF_A_TRY
        if twice:
            self.tally.fault(f"{where}: sent twice, written twice: {sorted(twice)}")

    def _wrong(self, form: FoundForm, response: TestResponse, wrote: Wrote) -> Iterator[str]:
        status = response.status_code
        if status not in PLAIN:
            yield f"answered {status}"
        if form.method == "GET" and wrote.tables:
            yield f"a GET wrote {dict(wrote.tables)}"
        if status >= 400 and set(wrote.tables) - TRIED:
            yield f"answered {status} and wrote {dict(wrote.tables)}"
        if status >= 400 and (fault := not_plain(response)):
            yield f"answered {status} and {fault}"
        yield from _astray(response)
        if wrote.unclean:
            yield f"wrote {wrote.unclean[0]!r}"

    def _smuggle(self, form: FoundForm) -> None:
        extra = {name: text for name, text in SMUGGLED.items() if name not in form.kinds}
        response = self._send(form, form.good | extra)
        wrote = self.ledger.take()
        found = [one for one in wrote.texts if any(sign in one for sign in SMUGGLED_SIGNS)]
        if found:
            self.tally.fault(f"{form.endpoint}: an extra key was written: {found[0][:60]!r}")
        if response.status_code not in PLAIN:
            self.tally.fault(f"{form.endpoint}: extra keys were answered {response.status_code}")
        self._return(wrote)

    def _forge(self, form: FoundForm) -> None:
        for token in ("", "foreign", None):
            response = self._send(form, form.good, token=token)
            wrote = self.ledger.take()
            if response.status_code != 400 or wrote.tables or not_plain(response):
                self.tally.fault(f"{form.endpoint}: token {token!r}: {response.status_code}")
            self._return(wrote)

    def _send(
        self, form: FoundForm, values: dict[str, str | list[str]], token: str | None = OWN
    ) -> TestResponse:
        headers = FOR_A_SCRIPT if form.scripted and form.endpoint.endswith("presence") else {}
        if form.method == "GET":
            query = urlencode(values, doseq=True, errors="surrogatepass")
            return self.client.get(form.address.partition("?")[0], query_string=query)
        values = {name: value for name, value in values.items() if name != "csrf_token"}
        if token is not None:
            values["csrf_token"] = self.visit.token if token == OWN else token
        kind = "application/x-www-form-urlencoded"
        return self.client.post(
            form.address, data=encoded(values), content_type=kind, headers=headers, buffered=True
        )

    def _return(self, wrote: Wrote) -> None:
        if wrote.tables:
            self.moment.come_back()
            self.ledger.take()
        self.client.cookies = self.cookies


def _astray(response: TestResponse) -> Iterator[str]:
    there = urlsplit(response.headers.get("Location", ""))
    if there.netloc not in {"", "desk.test"} or there.scheme not in {"", "http"}:
        yield f"leads to {there.geturl()}"


def _lost(form: FoundForm, response: TestResponse, name: str, text: str) -> Iterator[str]:
    """What was typed and is not in the form that came back."""
    forms = [read_form(one) for one in Page(response.text).root.all("form")]
    same = [one for one in forms if one.method == "post" and name in one.names]
    if not same or name in SECRET or form.kinds[name] in {"hidden", "file", "select", *CHOSEN}:
        return
    if not any(_as_typed(one.data.get(name, [""])[0]) == _as_typed(text) for one in same):
        yield "what was typed is gone"
    others = {other: value for other, value in form.good.items() if other in form.kinds}
    for other, value in others.items():
        if other in {name, *SECRET, "last_seen", "idempotency", "csrf_token"}:
            continue
        kept = [one.data.get(other, []) for one in same]
        wanted = [value] if isinstance(value, str) else value
        if not any([*map(_as_typed, one)] == [*map(_as_typed, wanted)] for one in kept):
            yield f"{other} is gone"


def _as_typed(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


@pytest.fixture
def link(app: Flask, make: Make, deliver: Deliver, mailbox: Mailbox) -> str:
    """The page that the mail to somebody who forgot their password leads to."""
    user, visitor = make.user("agent"), prober(app, Tally())
    visitor.submit(visitor.get("/login/forgot"), {"email": user.email})
    deliver()
    [found] = re.findall(r"http://desk\.test(/login/reset/\S+)", mailbox.take()[0].text)
    return str(found)


@pytest.fixture
def attack(
    principal: str,
    app: Flask,
    link: str,  # noqa: ARG001 - before there is a moment to come back to
    world: World,
    make: Make,
    tally: Tally,
    ledger: Ledger,
    request: pytest.FixtureRequest,
) -> Attack:
    client, second = prober(app, tally), prober(app, tally)
    visit = Visit(enter(principal, world, make, [client, second]), world)
    moment = request.getfixturevalue("moment")  # only now: somebody has signed in
    ledger.take()
    return Attack(visit, client, moment, ledger, tally)


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_nothing_typed_into_any_form_breaks_it_slips_in_or_gets_lost(
    principal: str, attack: Attack, app: Flask, link: str, tally: Tally, mailbox: Mailbox
) -> None:
    found = walk(attack.visit, principal, link)
    attack.moment.come_back()
    posted = {form.endpoint for form in found.values() if form.method == "POST"}
    forms = [*found.values(), *scripted(attack.visit, posted)]
    known = ATTACKED[app.config["SQLALCHEMY_DATABASE_URI"]]
    for form in forms:
        attack.on(form, ONE_TEXT if form.key in known else SEEDS)
        known.add(form.key)
    mailbox.take()
    tally.judge()


@pytest.mark.parametrize("principal", ["anonymous", "agent"])
def test_nobody_is_sent_on_to_another_host(attack: Attack, world: World, tally: Tally) -> None:
    """Security, 10: whatever `next` says, and wherever it says it."""
    for endpoint, rows in ROUTES.items():
        for row in rows:
            method, _, target = row.partition(" ")
            for there in REDIRECTS if target.startswith("own") else ():
                response = attack.visit.ask(
                    endpoint, method, target, query_string={"next": there, "back": there}
                )
                place = urlsplit(response.headers.get("Location", ""))
                if place.netloc not in {"", "desk.test"} or "\\" in place.path[:2]:
                    tally.fault(f"{endpoint} {row} leads to {place.geturl()}")
        attack.client.cookies = attack.cookies
    assert world
    tally.judge()


def test_every_route_that_takes_a_post_is_among_the_forms(
    app: Flask, world: World, link: str, make: Make, tally: Tally, mailbox: Mailbox
) -> None:
    """Otherwise a new form could be left out above without anybody noticing."""
    found: set[str] = set()
    for principal in ("anonymous", "shopper", "store_owner", "platform_admin"):
        browsers = [prober(app, tally), prober(app, tally)]
        visit = Visit(enter(principal, world, make, browsers), world)
        forms = walk(visit, principal, link)
        walked = {form.endpoint for form in forms.values() if form.method == "POST"}
        found |= walked | {form.endpoint for form in scripted(visit, walked)}
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts - found - set(NO_FORM) == set()
    mailbox.take()
    tally.judge()
