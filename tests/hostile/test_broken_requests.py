"""Requests that no browser sends, to every address there is: texts, headers, bodies and paths of every bad kind."""

import re
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.hostile.found_forms import FoundForm, scripted
from tests.hostile.ground import (
    NOTES_OF_A_TRY,
    Ledger,
    Moment,
    Prober,
    Tally,
    encoded,
    not_plain,
    prober,
)
from tests.views.matrix import ROUTES
from tests.views.seeds import GARBAGE, IDS, RAW, TEXTS
from tests.views.steps import Deliver, send_complaint
from tests.views.world import FOR_A_SCRIPT, Visit, World, enter, look

WHO = ("shopper", "store_owner", "platform_admin")
EXAMPLES = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
LETTERS = st.text(st.characters(exclude_categories=()), max_size=80)
TYPED = LETTERS | st.sampled_from([*TEXTS.values(), RAW["lone surrogate"]])
HOSTS = (
    *("evil.test", "desk.test.evil.test", "evil.test:80", "desk.test@evil.test", "127.0.0.1"),
    *("desk.test:99999999", "[::1", "desk_test", "", "desk.test\u00e9", "a" * 5000),
)
FORWARDED = {
    "X-Forwarded-Host": "evil.test",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": "//evil.test",
    "X-Forwarded-Port": "99999",
    "X-Forwarded-For": "6.6.6.6, ' OR 1=1",
    "Forwarded": "host=evil.test;for=6.6.6.6",
    "X-Original-URL": "/platform/",
    "X-Rewrite-URL": "/platform/",
    "X-HTTP-Method-Override": "DELETE",
}
ODD = {
    "Accept": "\u00ff;q=abc," * 200,
    "Accept-Language": "ar;q=9, xx-" + "y" * 5000,
    "User-Agent": "\x01" + "u" * 10_000,
    "Referer": "http://evil.test/\u00e9",
    "Range": "bytes=9-1,abc",
    "If-Modified-Since": "yesterday",
    "If-None-Match": '"' * 500,
    "Cookie": "helpdesk=" + "x" * 16_000,
    "Authorization": "Basic \u00ff",
    "HX-Request": "\u00ff",
    "HX-Current-URL": "//evil.test/\u00ff",
    "Content-Length": "-1",
    "Transfer-Encoding": "chunked",
}
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
URLENCODED = "application/x-www-form-urlencoded"
BODIES = {
    "no boundary": (b"--x\r\nno boundary", "multipart/form-data"),
    "foreign boundary": (PART, "multipart/form-data; boundary=y"),
    "1,001 parts": (PART * 1001 + b"--x--\r\n", "multipart/form-data; boundary=x"),
    "1,001 fields": (b"a=1&" * 1001, URLENCODED),
    "cut off": (PART[:-9], "multipart/form-data; boundary=x"),
    "cut off in a head": (b"--x\r\nContent-Disp", "multipart/form-data; boundary=x"),
    "a head of 64 kB": (b"--x\r\nA: " + b"a" * 65_536, "multipart/form-data; boundary=x"),
    "JSON": (b'{"text": {"a": [1]}, "code": NaN}', "application/json"),
    "JSON cut off": (b'{"text": ', "application/json"),
    "deep JSON": (b"[" * 50_000, "application/json"),
    "XML": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "text/xml"),
    "no UTF-8": (b"text=%ff%fe%c3&name=%ed%a0%80&x=%", URLENCODED),
    "no type": (b"text=1", ""),
    "odd type": (b"text=1", "multipart/\xff; boundary*=utf-16''x"),
    "two megabytes": (b"text=" + b"x" * 2_000_000, URLENCODED),
}
NO_ANSWER = {"static", "health.alive", "health.ready"}
"""They answer whatever is asked, and tell nothing."""
TRIED = NOTES_OF_A_TRY | {"login_session", "verification_code", "event"}


@pytest.fixture(params=WHO)
def who(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(app: Flask, tally: Tally) -> Prober:
    return prober(app, tally)


@pytest.fixture
def visit(
    who: str, client: Prober, app: Flask, world: World, make: Make, mailbox: Mailbox, tally: Tally
) -> Visit:
    entered = Visit(enter(who, world, make, [client, prober(app, tally)]), world)
    mailbox.take()
    return entered


@pytest.fixture
def back(visit: Visit, request: pytest.FixtureRequest) -> Moment:
    """The moment after somebody came in."""
    assert visit
    moment: Moment = request.getfixturevalue("moment")
    return moment


def rows_of(who: str, method: str) -> list[tuple[str, str]]:
    """The addresses that this person asks for: their own side's, or those of everybody."""
    sides = {"store_owner": "desk", "platform_admin": "platform"}
    return [
        (endpoint, row.partition(" ")[2])
        for endpoint, rows in ROUTES.items()
        for row in rows
        if row.startswith((f"{method} own", f"{method} shared"))
        and (endpoint.startswith(("desk", "platform")) is (who != "shopper"))
        and (who == "shopper" or endpoint.startswith(sides[who]))
    ]


def names_on(visit: Visit, addresses: list[str]) -> list[str]:
    """Every name that these pages use in a query, and those that nobody uses."""
    found = {*GARBAGE, "q", "mode", "key", "next", "name"}
    for address in addresses:
        response = visit.client.get(address, headers=FOR_A_SCRIPT, buffered=True)
        if response.mimetype == "text/html":
            found |= set(re.findall(r"[?&;](\w+)=", response.text))
            found |= {one.get("name") for one in Page(response.text).root.all("input", "select")}
    return sorted(found - {"", "csrf_token"})


def test_no_text_in_any_query_breaks_a_page(
    who: str, visit: Visit, ledger: Ledger, tally: Tally
) -> None:
    addresses = [visit.address(*row) for row in rows_of(who, "GET")]
    queries = st.dictionaries(st.sampled_from(names_on(visit, addresses)), TYPED, max_size=4)
    tally.judge()
    ledger.take()

    @EXAMPLES
    @given(st.sampled_from(addresses), queries)
    def ask(address: str, query: dict[str, str]) -> None:
        tally.faults.clear()
        asked = urlencode(query, errors="surrogatepass")
        response = visit.client.get(address, query_string=asked, buffered=True)
        assert response.status_code in {200, 302, 303, 403, 404, 409, 414, 422}
        assert not ledger.take().tables
        tally.judge()

    ask()


def test_no_text_in_any_field_breaks_a_form(
    who: str, visit: Visit, back: Moment, ledger: Ledger, tally: Tally, mailbox: Mailbox
) -> None:
    here = {endpoint for endpoint, _target in rows_of(who, "POST")}
    forms = [form for form in scripted(visit, set()) if form.endpoint in here]
    cookies = visit.client.cookies
    ledger.take()

    @EXAMPLES
    @given(st.sampled_from(forms), st.data())
    def send(form: FoundForm, data: st.DataObject) -> None:
        tally.faults.clear()
        typed = data.draw(st.fixed_dictionaries(dict.fromkeys(form.kinds, TYPED)))
        body = encoded(form.values | typed | {"csrf_token": visit.token})
        response = visit.client.post(
            form.address, data=body, content_type=URLENCODED, headers=FOR_A_SCRIPT, buffered=True
        )
        wrote = ledger.take()
        if wrote.tables:
            tally.written += 1
            back.come_back()
            ledger.take()
        visit.client.cookies = cookies
        assert response.status_code < 400 or not set(wrote.tables) - TRIED, wrote.tables
        assert not wrote.unclean
        tally.judge()

    send()
    mailbox.take()


def test_no_header_breaks_a_page_or_is_believed(
    who: str, visit: Visit, world: World, ledger: Ledger, tally: Tally
) -> None:
    """Security, 7: a foreign Host is 400 everywhere, and nobody is asked to forward anything here."""
    cookies = visit.client.cookies
    ledger.take()
    for endpoint, target in rows_of(who, "GET"):
        visit.client.cookies = cookies
        address, values = visit.address(endpoint, target), world.values(target)
        if endpoint not in NO_ANSWER:
            _as_foreign_hosts(visit, address, tally)
        plain = _looks(visit.client.get(address, buffered=True), values)
        for name, value in (FORWARDED | ODD).items():
            visit.client.cookies = cookies  # what is told once is told again
            response = _with(visit, address, name, value)
            if name in FORWARDED and _looks(response, values) != plain:
                tally.fault(f"{endpoint}: {name} changes the answer")
            if response.status_code not in {200, 204, 302, 303, 304, 400, 403, 404, 409, 413, 416}:
                tally.fault(f"{endpoint}: {name} is answered {response.status_code}")
        if wrote := ledger.take().tables:
            tally.fault(f"{endpoint}: a GET wrote {dict(wrote)}")
    tally.judge()


def _looks(response: TestResponse, values: dict[str, str | int]) -> tuple[object, ...]:
    """A page's status and text as the matrix compares them; of a file, its bytes."""
    if response.mimetype.startswith("text/"):
        status, _headers, _cookies, text = look(response, values)
        return status, text
    return response.status_code, response.data


def _as_foreign_hosts(visit: Visit, address: str, tally: Tally) -> None:
    for host in HOSTS:
        raw = host.encode().decode("latin-1")
        response = visit.client.get(address, environ_overrides={"HTTP_HOST": raw})
        if (response.status_code != 400 and host) or "evil.test" in response.text:
            tally.fault(f"{address}: Host {host[:30]!r} is answered {response.status_code}")


def _with(visit: Visit, address: str, name: str, value: str) -> TestResponse:
    key = name.upper().replace("-", "_")
    key = key if key == "CONTENT_LENGTH" else f"HTTP_{key}"
    raw = value.encode().decode("latin-1")
    if name == "Cookie":  # beside what the browser keeps
        jar = visit.client.cookies.values()
        raw = "; ".join([*(f"{one.key}={one.value}" for one in jar if one.key != "helpdesk"), raw])
    return visit.client.get(address, environ_overrides={key: raw}, buffered=True)


def test_no_mail_names_a_host_that_a_header_brought(
    client: Prober, make: Make, deliver: Deliver, mailbox: Mailbox, tally: Tally
) -> None:
    make.store()
    user = make.user("agent")
    headers = {name: value for name, value in FORWARDED.items() if "X-HTTP" not in name}
    form = client.get("/login/forgot")
    client.submit(form, {"email": user.email}, headers=headers)
    client.environ_base.update(
        {f"HTTP_{n.upper().replace('-', '_')}": v for n, v in headers.items()}
    )
    assert send_complaint(client).status_code == 303
    deliver()
    mails = mailbox.take()
    assert len(mails) >= 2
    for mail in mails:
        if "evil.test" in mail.text + mail.html + str(mail.message):
            tally.leak(f"{mail.subject} names evil.test")
    tally.judge()


def test_no_body_breaks_a_form_or_is_half_taken(
    who: str, visit: Visit, back: Moment, ledger: Ledger, tally: Tally, mailbox: Mailbox
) -> None:
    cookies = visit.client.cookies
    ledger.take()
    for endpoint, target in rows_of(who, "POST"):
        address = visit.address(endpoint, target)
        for name, (body, kind) in BODIES.items():
            for proof in ({}, {"X-CSRFToken": visit.token}):
                response = visit.client.post(
                    address, data=body, content_type=kind, headers=proof, buffered=True
                )
                wrote = ledger.take()
                where = f"{endpoint} {target} with {name}{' and a token' if proof else ''}"
                _judge_body(response, set(wrote.tables), proof, where, tally)
                if wrote.tables:
                    tally.written += bool(set(wrote.tables) - TRIED)
                    back.come_back()
                    ledger.take()
                visit.client.cookies = cookies
    mailbox.take()
    tally.judge()


def _judge_body(
    response: TestResponse, wrote: set[str], proof: dict[str, str], where: str, tally: Tally
) -> None:
    status = response.status_code
    if status not in {200, 204, 302, 303, 400, 403, 404, 409, 413, 422, 429}:
        tally.fault(f"{where}: answered {status}")
    if not proof and (status not in {400, 413} or wrote):
        tally.fault(f"{where}: answered {status}, wrote {sorted(wrote)}")
    if status >= 400 and wrote - TRIED:
        tally.fault(f"{where}: answered {status}, wrote {sorted(wrote)}")
    if status >= 400 and (fault := not_plain(response)):
        tally.fault(f"{where}: answered {status} and {fault}")


def test_no_path_reaches_what_it_should_not(
    who: str, visit: Visit, world: World, ledger: Ledger, tally: Tally, mailbox: Mailbox
) -> None:
    app = visit.client.application
    ours = {endpoint for method in ("GET", "POST") for endpoint, _row in rows_of(who, method)}
    ledger.take()
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in ours:
            continue
        for argument in rule.arguments:
            for one in (
                one for one in IDS if one != "٣"
            ):  # a digit like any other, and there may be one
                _ask_for(visit, rule, _path(rule, argument, one, world), ledger, tally)
    mailbox.take()
    tally.judge()


def _path(rule: Rule, argument: str, one: str, world: World) -> str:
    """The rule's address with one part replaced, as the bytes that a program sends."""
    values = world.values("own resend") | {argument: None}

    def part(found: re.Match[str]) -> str:
        name = found[1]
        return one if values[name] is None else quote(str(values[name]))

    return re.sub(r"<(?:\w+:)?(\w+)>", part, rule.rule)


def _ask_for(visit: Visit, rule: Rule, path: str, ledger: Ledger, tally: Tally) -> None:
    for method in sorted((rule.methods or set()) & {"GET", "POST"}):
        data = {"csrf_token": visit.token} if method == "POST" else None
        response = visit.client.open(path, method=method, data=data, buffered=True)
        text = response.get_data().decode(errors="replace")
        found = response.status_code in {200, 201, 204} and path != "/static/.."
        if response.status_code not in {302, 303, 308, 400, 403, 404, 405, 414, 422} or found:
            tally.fault(f"{method} {path[:120]} answered {response.status_code}")
        if "root:" in text or "SECRET_KEY" in text:
            tally.leak(f"{method} {path[:120]} shows a file of the machine")
        if wrote := set(ledger.take().tables) - TRIED:
            tally.fault(f"{method} {path[:120]} wrote {sorted(wrote)}")
