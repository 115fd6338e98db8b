"""A foreign Host is refused and never written down; redirects stay on this host."""

from urllib.parse import quote

import pytest

from tests.fixtures.client import Client
from tests.fixtures.factory import PASSWORD, Make
from tests.fixtures.mailbox import Mailbox
from tests.views.steps import COMPLAINT, Deliver, send_complaint

EVIL = "evil.test"


@pytest.mark.parametrize(
    "host", [EVIL, f"desk.test.{EVIL}", f"{EVIL}:5000", "desk.test@evil.test", ""]
)
def test_a_foreign_host_is_refused_with_a_plain_page(host: str, client: Client) -> None:
    for address in ("/", "/login", "/s/noor/", "/desk/noor/", "/healthz", "/nowhere", "/static/x"):
        response = client.get(address, headers={"Host": host})
        assert response.status_code == 400, address
        assert EVIL not in response.text
        assert EVIL not in str(response.headers)


def test_a_forwarded_host_counts_for_nothing_without_a_proxy_that_was_set_up(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    make.user("agent", email="agent@staff.example")
    forged = {
        "X-Forwarded-Host": EVIL,
        "X-Forwarded-For": "1.2.3.4",
        "X-Forwarded-Proto": "https",
        "X-Original-Host": EVIL,
        "Forwarded": f"host={EVIL}",
    }
    form = client.get("/s/noor/complaints/new", headers=forged)
    client.submit(form, COMPLAINT, headers=forged)
    forgot = client.get("/login/forgot", headers=forged)
    response = client.submit(forgot, {"email": "agent@staff.example"}, headers=forged)
    assert EVIL not in form.text + response.text + str(response.headers)
    deliver()
    mails = mailbox.take()
    assert len(mails) == 2
    for mail in mails:
        assert EVIL not in mail.text + mail.html + str(mail.message)
        assert "http://desk.test/" in mail.text


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/%09/evil.test",
        "https://evil.test/",
        "HTTPS:evil.test",
        "http:/evil.test",
        "//desk.test@evil.test",
        "https://desk.test@evil.test",
        "/\r\nLocation: https://evil.test",
        "/\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "evil.test",
        ".evil.test",
        "@evil.test",
        " //evil.test",
        "/ /evil.test",
        "/\u2028/evil.test",
        "\x00//evil.test",
    ],
)
def test_the_way_after_sign_in_stays_on_this_host(wanted: str, client: Client, make: Make) -> None:
    make.user("agent", email="agent@staff.example")
    address = f"/login?next={quote(wanted)}"
    values = {"email": "agent@staff.example", "password": PASSWORD}
    for response in (client.submit(client.get(address), values), client.get(address)):
        location = response.headers["Location"]
        assert location == "/desk/" or location.startswith("/%09/")
        assert not location.startswith(("//", "/\\"))
        assert "Set-Cookie: a=b" not in str(response.headers)


@pytest.mark.parametrize("place", ["/desk/noor/complaints/?status=closed", "/login/sessions"])
def test_after_sign_in_one_is_where_one_wanted_to_go(
    place: str, client: Client, make: Make
) -> None:
    make.user("agent", email="agent@staff.example")
    gate = client.get(place)
    values = {"email": "agent@staff.example", "password": PASSWORD}
    response = client.submit(client.get(gate.headers["Location"]), values)
    assert response.headers["Location"] == place.partition("?")[0] + (
        "?status=closed" if "?" in place else ""
    )


def test_mails_link_to_the_public_address_whatever_host_the_request_named(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    make.store()
    client.application.config["PUBLIC_URL"] = "https://help.example.com"
    send_complaint(client)
    deliver()
    mail = mailbox.one()
    assert "https://help.example.com/s/noor/track" in mail.text
    assert "desk.test" not in mail.text + mail.html
