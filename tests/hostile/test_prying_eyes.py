"""A thousand planted words, read for as everybody: on pages, in files, by searching, in mails and in the log."""

import io
import logging
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk import jobs
from helpdesk.db import db, transaction
from helpdesk.domain import tenancy
from helpdesk.models import Attachment, Delivery, Notification
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mail, Mailbox
from tests.hostile.canaries import PLATFORM, WORD, Plant, Spy, plant_all
from tests.hostile.found_forms import walk
from tests.hostile.ground import Ledger, Tally
from tests.views.matrix import PRINCIPALS, ROUTES
from tests.views.steps import Deliver
from tests.views.world import Visit, World, answer, enter, look

LEAST = 1000
HIDES = {"4", "L", "T", "F"}
FOREIGN = ("other", "smuggled")
ALSO = ("neighbour", "platform_mail", "review", "shared", "platform", "missing")
PRIVATE = ("notifications.open", "exports.download", "remove_view", "files.fetch", "files.thumb")
"""What belongs to one person alone, or to one complaint's customer."""
QUIET = {"throttle", "idempotency_key", "event", "login_session"}
SEARCHED = 30
"""So many of each person's forbidden words are typed into every search."""
ABSENT = "canaryzzzzzzzzq"
SEARCHES = {
    "desk": ("/desk/noor/complaints/?q={}", "/desk/noor/search?q={}", "/desk/noor/deliveries/?q={}",
             "/desk/noor/complaints/lookup/customer?q={}", "/desk/noor/complaints/lookup/tag?q={}",
             "/desk/noor/canned-replies/?q={}"),
    "platform": ("/platform/complaints/?q={}", "/platform/search?q={}", "/platform/deliveries/?q={}",
                 "/platform/canned-replies/?q={}", "/platform/complaints/?store=noor&q={}"),
}  # fmt: skip
LEADS_ON = {"login.reset", "lost.renew"}
"""A link that is worth nothing leads to where one asks for another, whatever stands in it."""
UNASKED = {"visits.lock", "login.sign_out", "login.end_others", "login.end_session"}
"""Whoever asks for them is somebody else afterwards."""


@pytest.fixture
def plant(make: Make, world: World, deliver: Deliver) -> Plant:
    planted = plant_all(make, world)
    deliver()
    db.session.rollback()
    return planted


def test_of_a_thousand_words_nobody_meets_one_that_is_not_for_them(
    app: Flask,
    plant: Plant,
    world: World,
    make: Make,
    clock: Clock,
    deliver: Deliver,
    mailbox: Mailbox,
    ledger: Ledger,
    tally: Tally,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert len(plant.readers) >= LEAST
    caplog.set_level(logging.DEBUG)
    met: dict[str, set[str]] = {}
    for principal in PRINCIPALS:
        browsers = [_spy(app, tally, plant, principal) for _ in range(2)]
        visit = Visit(enter(principal, world, make, browsers), world)
        _crawl(visit, principal, plant)
        _search(visit, plant, principal, tally)
        _take_out(visit, plant, principal, tally)
        _ask_across(visit, principal, ledger, tally)
        met[principal] = set().union(*(one.met for one in browsers))
    _in_mails(plant, deliver, clock, app, mailbox, tally)
    _in_notices(tally)
    logged = [one.getMessage() for one in caplog.records if one.name != "mail.log"]
    for line in logged:
        if WORD.search(line) or any(code in line for code in plant.codes):
            tally.leak(f"the log says {line[:100]}")
    _shown_to_those_who_may(plant, met, tally)
    tally.judge()


def _spy(app: Flask, tally: Tally, plant: Plant, principal: str) -> Spy:
    visitor = Spy(app, app.response_class, use_cookies=True)
    visitor.tally = tally
    return visitor.look_for(plant, principal)


def _crawl(visit: Visit, principal: str, plant: Plant) -> None:
    """Every page that can be walked to, and every complaint's own pages, whoever's they are."""
    walk(visit, principal)
    for slug, filed in plant.filed.items():
        for one in filed:
            for address in (
                f"/desk/{slug}/complaints/{one.number}",
                f"/platform/complaints/{slug}/{one.number}",
                f"/s/{slug}/complaints/{one.number}",
            ):
                visit.client.get(address)
    with tenancy.unscoped("a test looks at every file"):
        tokens = db.session.scalars(select(Attachment.token).limit(60)).all()
    for token in tokens:
        visit.client.get(f"/files/{token}", buffered=True)


def _search(visit: Visit, plant: Plant, principal: str, tally: Tally) -> None:
    """Whether a search for a forbidden word can be told from one for a word that is nowhere."""
    side = "platform" if principal in PLATFORM else "desk"
    if principal in {"anonymous", "shopper", "stranger", "former", "tech_support", "other_agent"}:
        return
    hidden = [word for word, readers in plant.readers.items() if principal not in readers]
    some = plant.dice.sample(hidden, min(SEARCHED, len(hidden)))
    visit.client.get(SEARCHES[side][0])  # whatever is told only once is told here
    for address in SEARCHES[side]:
        nothing = visit.client.get(address.format(ABSENT), buffered=True)
        for word in some:
            found = visit.client.get(address.format(word), buffered=True)
            if _said(found, word) != _said(nothing, ABSENT):
                tally.leak(f"{principal} finds {plant.kinds[word]} with {address}")


def _said(response: object, word: str) -> tuple[object, ...]:
    return look(response, {"number": word, "store": word})  # type: ignore[arg-type]


def _take_out(visit: Visit, plant: Plant, principal: str, tally: Tally) -> None:
    for endpoint in (one for one in ROUTES if one.endswith(".export")):
        for file_format in ("csv", "xlsx"):
            data = {"csrf_token": visit.token, "format": file_format}
            response = visit.client.post(visit.address(endpoint, "own"), data=data, buffered=True)
            if response.data.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(response.data)) as book:
                    text = "".join(book.read(name).decode() for name in book.namelist())
                for kind in plant.forbidden(principal, text, "").values():
                    tally.leak(f"{principal} takes out {kind} with {endpoint}")


def _ask_across(visit: Visit, principal: str, ledger: Ledger, tally: Tally) -> None:
    """Every route for every ownership, also those that the matrix has no row for."""
    ledger.take()
    for endpoint, method, target in _targets(visit.client.application):
        which = target.partition(" ")[0]
        ours = principal in PLATFORM or principal == "other_agent"
        if endpoint in UNASKED or (method == "POST" and ours):
            continue
        response = visit.ask(endpoint, method, target)
        wrote = set(ledger.take().tables) - QUIET
        single = _names_one_thing(visit.client.application, endpoint)
        foreign = which in FOREIGN and single and not ours
        private = which == "neighbour" and endpoint.endswith(PRIVATE[:3])
        if (foreign or private) and endpoint not in LEADS_ON:
            if answer(response) not in HIDES:
                tally.leak(f"{principal}: {endpoint} {method} {target} is {answer(response)}")
            if wrote:
                tally.fault(f"{principal}: {endpoint} {method} {target} wrote {sorted(wrote)}")


def _targets(app: Flask) -> Iterator[tuple[str, str, str]]:
    for rule in app.url_map.iter_rules():
        rows = ROUTES.get(rule.endpoint, {})  # a route without rows fails in test_isolation.py
        words = sorted({row.partition(" ")[2].partition(" ")[2] for row in rows})
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            for which in (*FOREIGN, *ALSO) if rule.arguments - {"filename"} else ():
                for word in words:
                    target = f"{which} {word}".strip()
                    if which in FOREIGN or f"{method} {target}" not in rows:
                        yield rule.endpoint, method, target


def _names_one_thing(app: Flask, endpoint: str) -> bool:
    [rule] = app.url_map.iter_rules(endpoint)
    return bool(rule.arguments - {"store", "shop", "operation", "filter_name", "filename", "key"})


def _in_mails(
    plant: Plant, deliver: Deliver, clock: Clock, app: Flask, mailbox: Mailbox, tally: Tally
) -> None:
    """Nothing that anybody typed; a code and an address only in the mail to that address."""
    clock.move(minutes=20)
    with app.app_context():
        jobs.digest(clock)
    deliver()
    mails = mailbox.take()
    assert len(mails) > len(plant.codes)
    for mail in mails:
        text = _whole(mail)
        own = {word for to in mail.to for word in WORD.findall(to)}
        for word in {one.lower() for one in WORD.findall(text)} - own:
            tally.leak(f"{mail.subject!r} carries {plant.kinds[word]}")
        if not own and any(code in text.replace("-", "") for code in plant.codes):
            tally.leak(f"{mail.subject!r} carries a code")


def _whole(mail: Mail) -> str:
    return "\n".join([mail.subject, mail.text, mail.html, *map(str, mail.message.values())])


def _in_notices(tally: Tally) -> None:
    """A notice keeps facts, never a text that somebody typed; a sent code is kept nowhere."""
    with tenancy.unscoped("a test looks at every store"), transaction():
        for one in db.session.scalars(select(Notification)):
            if WORD.search(str(one.facts)) and not one.dedup_key.startswith("canary"):
                tally.leak(f"the notice {one.kind} keeps {one.facts}")
        assert db.session.scalars(select(Delivery.secret)).all()
        for secret in db.session.scalars(select(Delivery.secret)):
            if secret is not None:
                tally.leak("a sent mail's code is kept")


def _shown_to_those_who_may(plant: Plant, met: dict[str, set[str]], tally: Tally) -> None:
    """Otherwise nothing above could fail: whoever may read words has met most of them."""
    for principal in ("agent", "store_owner", "platform_admin", "other_agent", "shopper"):
        mine = {word for word, readers in plant.readers.items() if principal in readers}
        share = len(mine & met[principal]) / len(mine)
        tally.measured[f"met by {principal}"] = round(share, 2)
        assert share > 0.5, (principal, share, {plant.kinds[one] for one in mine - met[principal]})
