"""What every answer carries: a strict policy, no store in caches, safe cookies."""

import re

import pytest
from flask import Flask

from helpdesk.enums import TicketStatus
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.steps import send_complaint, sign_in, statements

PAGES = (
    *("/", "/login", "/login/forgot", "/login/sessions", "/login/password", "/desk/noor/"),
    *("/desk/noor/complaints/", "/desk/noor/deliveries/", "/s/noor/", "/s/noor/complaints"),
    *("/s/noor/complaints/new", "/s/noor/complaints/sent", "/s/noor/track", "/nowhere", "/s/none/"),
    *("/platform/", "/desk/", "/healthz", "/readyz"),
)


def test_every_answer_forbids_inline_code_sniffing_framing_and_caching(
    client: Client, make: Make
) -> None:
    make.complaint(TicketStatus.PENDING_CUSTOMER)
    sign_in(client, make.user("store_owner"))
    for address in PAGES:
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        assert "default-src 'self'" in policy
        assert "*" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store", address
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_nonce_is_new_each_time_and_the_one_on_the_page(client: Client, make: Make) -> None:
    make.store()
    nonces = []
    for _ in range(2):
        response = client.get("/s/noor/")
        [named] = re.findall(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
        styles = list(Page(response.text).root.all("style"))
        assert {one.get("nonce") for one in styles} == {named}
        nonces.append(named)
    assert nonces[0] != nonces[1]


def test_no_page_asks_another_host_for_anything(client: Client, make: Make) -> None:
    make.complaint(TicketStatus.PENDING_CUSTOMER)
    sign_in(client, make.user("store_owner"))
    for address in PAGES[:-2]:
        page = Page(client.get(address, follow_redirects=True).text)
        for element in page.root.all():
            for name in ("src", "href", "action", "data"):
                target = element.get(name)
                assert not target.startswith(("http", "//")), (address, target)


def test_cookies_are_for_the_server_alone_and_for_https_where_that_is_the_public_address(
    client: Client, app: Flask, make: Make
) -> None:
    make.store()
    app.config["SESSION_COOKIE_SECURE"] = True
    response = client.get("/s/noor/complaints/new?lang=ar&theme=dark", base_url="https://desk.test")
    cookies = response.headers.getlist("Set-Cookie")
    assert {one.split("=")[0] for one in cookies} == {"helpdesk", "lang", "theme"}
    for one in cookies:
        assert "HttpOnly" in one
        assert "SameSite=Lax" in one
        assert "Secure" in one
        assert "Domain=" not in one
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_cookie_holds_nothing_readable_that_opens_a_complaint(
    client: Client, make: Make
) -> None:
    make.store()
    send_complaint(client)
    page = client.page("/s/noor/complaints/sent")
    codes = [one.text for one in page.root.all("bdi") if one.get("class") == "code"]
    with client.session_transaction(base_url="http://desk.test") as cookie:
        for code in codes:
            assert code not in str(dict(cookie))
            assert code.replace("-", "") not in str(dict(cookie))


@pytest.mark.parametrize("signed_in", [False, True])
def test_static_files_and_the_sign_of_life_ask_the_database_nothing(
    signed_in: bool, client: Client, app: Flask, make: Make
) -> None:
    user = make.user("agent")
    if signed_in:
        sign_in(client, user)
    page = Page(client.get("/login/forgot").text)
    files = [one.get("src") or one.get("href") for one in page.root.all("script", "link")]
    assert len(files) > 3
    with statements(app) as seen:
        for address in (*files, "/healthz", "/static/css/app.css"):
            assert client.get(address, buffered=True).status_code == 200, address
    assert seen == []


def test_static_files_may_be_kept_only_under_an_address_that_changes_with_them(
    client: Client, make: Make
) -> None:
    make.store()
    page = Page(client.get("/").text)
    for one in page.root.all("script", "link"):
        address = one.get("src") or one.get("href")
        assert "?v=" in address
        kept = client.get(address, buffered=True).headers["Cache-Control"]
        assert kept == "public, max-age=31536000, immutable"
    bare = client.get("/static/css/app.css", buffered=True).headers.get("Cache-Control", "")
    assert "immutable" not in bare


def test_readiness_asks_the_database_once(client: Client, app: Flask) -> None:
    with statements(app) as seen:
        assert client.get("/readyz").json == {"status": "ready"}
    assert len([one for one in seen if "SELECT" in one]) == 1
