"""A forgotten password, a changed one, and the browsers that one is signed in with."""

import re
from datetime import timedelta

import pytest
from itsdangerous import TimestampSigner

from helpdesk.db import db, transaction
from helpdesk.models import Delivery, LoginSession, User
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import PASSWORD, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.steps import Deliver, csrf, sign_in

DESK = "/desk/noor/"
NEW = "a new long password"
SENT = "/login/forgot/sent"
USELESS = 0


@pytest.fixture
def signed_at(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Clock:
    """Links from mails carry a time of their own; let it be the clock's."""
    stamp = lambda _self: int(clock().timestamp())  # noqa: E731 - a method in one line
    monkeypatch.setattr(TimestampSigner, "get_timestamp", stamp)
    return clock


def forgot(client: Client, email: str) -> str:
    return client.submit(client.get("/login/forgot"), {"email": email}).headers["Location"]


def link_in(mailbox: Mailbox, deliver: Deliver, user: User) -> str:
    deliver()
    text = mailbox.one(to=user.email, subject_contains="new password").text
    [found] = re.findall(r"http://desk\.test(/login/reset/\S+)", text)
    return str(found)


def choose(client: Client, link: str, password: str = NEW, again: str | None = None) -> int:
    page = client.get(link)
    if page.status_code != 200:  # the link is worth nothing; here one asks for a new one
        assert page.headers["Location"] == "/login/forgot"
        assert "too old" in client.get("/login/forgot").text
        return USELESS
    values = {"password": password, "again": again or password}
    return client.submit(page, values, button="Save password").status_code


@pytest.mark.usefixtures("signed_at")
def test_the_link_from_the_mail_sets_a_password_once(
    client: Client,
    visitors: Visitors,
    make: Make,
    deliver: Deliver,
    mailbox: Mailbox,
) -> None:
    user = make.user("agent")
    signed_in = visitors()
    sign_in(signed_in, user)
    assert forgot(client, user.email) == SENT
    link = link_in(mailbox, deliver, user)
    assert choose(client, link) == 303
    assert signed_in.get(DESK).status_code == 302, "every session of the old password ends"
    assert choose(client, link, "another long password") == USELESS
    assert sign_in(client, user).status_code == 422
    assert sign_in(client, user, NEW).status_code == 303
    deliver()
    mailbox.one(to=user.email, subject_contains="was changed")


@pytest.mark.parametrize(("minutes", "status"), [(59, 303), (61, USELESS)])
def test_the_link_is_good_for_one_hour(
    minutes: int,
    status: int,
    client: Client,
    make: Make,
    deliver: Deliver,
    mailbox: Mailbox,
    signed_at: Clock,
) -> None:
    user = make.user("agent")
    forgot(client, user.email)
    link = link_in(mailbox, deliver, user)
    signed_at.move(minutes=minutes)
    assert choose(client, link) == status
    deliver()
    mailbox.take()


def test_asking_for_a_link_tells_nothing_about_an_account(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    make.user("agent", email="former@staff.example", active=False)
    for email in ("nobody@staff.example", "former@staff.example", "not an address", ""):
        assert forgot(client, email) == SENT
    deliver()
    assert mailbox.take() == []


def test_three_links_an_hour_are_enough(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    user = make.user("agent")
    for _ in range(5):
        assert forgot(client, user.email) == SENT
    deliver()
    assert len(mailbox.take()) == 3


@pytest.mark.usefixtures("signed_at")
def test_a_link_of_somebody_who_was_deactivated_meanwhile_opens_nothing(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    user = make.user("agent")
    forgot(client, user.email)
    link = link_in(mailbox, deliver, user)
    with transaction():
        db.session.get_one(User, user.id).active = False
    assert choose(client, link) == USELESS


@pytest.mark.usefixtures("signed_at")
def test_the_link_is_not_shown_to_whoever_reads_the_deliveries(
    client: Client,
    visitors: Visitors,
    make: Make,
    deliver: Deliver,
    mailbox: Mailbox,
) -> None:
    user = make.user("agent")
    forgot(client, user.email)
    link = link_in(mailbox, deliver, user)
    admin = visitors()
    sign_in(admin, make.user("platform_admin"))
    db.session.rollback()
    [row] = db.session.query(Delivery)
    text = admin.get(f"/platform/deliveries/{row.id}").text
    assert "/login/reset/" in text
    assert link.rpartition("/")[2] not in text


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"current": "wrong"}, "not your present password"),
        ({"password": "short", "again": "short"}, "10 to 200"),
        ({"password": "x" * 201, "again": "x" * 201}, "10 to 200"),
        ({"again": "something else"}, "not the same"),
    ],
)
def test_a_password_that_cannot_be_is_refused_and_the_old_one_stays(
    values: dict[str, str], reason: str, client: Client, visitors: Visitors, make: Make
) -> None:
    user = make.user("agent")
    sign_in(client, user)
    good = {"current": PASSWORD, "password": NEW, "again": NEW}
    refused = client.submit(client.get("/login/password"), good | values, button="Save password")
    assert refused.status_code == 422
    assert reason in refused.text
    assert PASSWORD not in refused.text
    assert sign_in(visitors(), user).status_code == 303


def test_a_changed_password_ends_every_session(
    client: Client, visitors: Visitors, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    user = make.user("agent")
    other = visitors()
    for browser in (other, client):
        sign_in(browser, user)
    values = {"current": PASSWORD, "password": NEW, "again": NEW}
    changed = client.submit(client.get("/login/password"), values, button="Save password")
    assert changed.headers["Location"] == "/login"
    for browser in (other, client):
        assert browser.get(DESK).status_code == 302
    assert sign_in(client, user, NEW).status_code == 303
    deliver()
    mailbox.one(to=user.email, subject_contains="was changed")


def test_the_sessions_page_names_each_browser_and_ends_the_one_that_is_chosen(
    client: Client, visitors: Visitors, make: Make
) -> None:
    user = make.user("agent")
    other = visitors()
    form = other.get("/login")
    values = {"email": user.email, "password": PASSWORD}
    other.submit(form, values, headers={"User-Agent": "Netscape <4>"})
    sign_in(client, user)
    page = client.get("/login/sessions")
    assert "Netscape <4>" in Page(page.text).text
    assert "This browser" in page.text
    row = db.session.query(LoginSession).filter_by(agent="Netscape <4>").one()
    token = csrf(client)
    ended = client.post(f"/login/sessions/{row.id}/end", data={"csrf_token": token})
    assert ended.headers["Location"] == "/login/sessions"
    assert other.get(DESK).status_code == 302
    assert client.get(DESK).status_code == 200
    again = client.post(f"/login/sessions/{row.id}/end", data={"csrf_token": token})
    assert again.status_code == 404


def test_one_click_ends_all_others_and_nobody_elses(
    client: Client, visitors: Visitors, make: Make
) -> None:
    user, somebody = make.user("agent"), make.user("agent")
    browsers = [visitors(), visitors()]
    for browser in browsers:
        sign_in(browser, user)
    bystander = visitors()
    sign_in(bystander, somebody)
    sign_in(client, user)
    page = client.get("/login/sessions")
    client.submit(page, button="Sign out everywhere else")
    assert [one.get(DESK).status_code for one in (client, bystander)] == [200, 200]
    assert [one.get(DESK).status_code for one in browsers] == [302, 302]


def test_ended_sessions_are_not_listed(
    client: Client, visitors: Visitors, make: Make, clock: Clock
) -> None:
    user = make.user("agent")
    sign_in(visitors(), user)
    clock.now += timedelta(hours=2)
    sign_in(client, user)
    assert client.get("/login/sessions").text.count("Last seen") == 1


def test_nobody_can_ask_for_reset_links_without_end(client: Client) -> None:
    """Security: each costs a slow hash, so one address has twenty an hour, for any mailbox."""
    for number in range(20):
        asked = client.submit(client.get("/login/forgot"), {"email": f"a{number}@shop.example"})
        assert asked.status_code == 303
    refused = client.submit(client.get("/login/forgot"), {"email": "one-more@shop.example"})
    assert refused.status_code == 429
    assert "one-more@shop.example" in refused.text
