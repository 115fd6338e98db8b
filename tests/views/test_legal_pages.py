"""Terms of Use, Privacy & Security (S3-37): there for everybody, in both languages, and saying what is so."""

import re

import pytest
from flask import Flask

from helpdesk.domain import sessions, verification
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.views.steps import sign_in, statements

PAGES = {"/terms": "Terms of Use", "/privacy": "Privacy & Security"}


@pytest.mark.parametrize("address", PAGES)
def test_anybody_can_read_it(address: str, client: Client) -> None:
    """S3-37"""
    page = client.page(address)
    assert page.heading == PAGES[address]
    assert len([one for one in page.root.all("h2") if one.text]) >= 5
    assert "Last changed on 21 November 2026" in page.text


@pytest.mark.parametrize("address", PAGES)
def test_it_can_be_read_in_arabic(address: str, client: Client) -> None:
    """S3-37"""
    page = client.page(f"{address}?lang=ar")
    [root] = page.root.all("html")
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    [main] = page.root.all("main")
    letters = re.findall(r"[A-Za-z]{3,}", main.text)
    assert not letters, f"still English: {letters[:10]}"


@pytest.mark.parametrize("address", PAGES)
def test_staff_read_the_same_page(address: str, client: Client, make: Make) -> None:
    sign_in(client, make.user("agent"))
    assert client.page(address).heading == PAGES[address]


def test_each_has_its_headings_in_order_and_no_empty_section(client: Client) -> None:
    for address in PAGES:
        page = client.page(address)
        sections = list(page.root.all("section"))
        assert sections
        for section in sections:
            [heading] = section.all("h2")
            assert len(section.text) > len(heading.text) + 40, heading.text


def test_the_numbers_that_are_promised_are_those_of_the_rules(client: Client) -> None:
    text = client.page("/privacy").text
    assert verification.LIFETIME.total_seconds() == 10 * 60
    assert "valid for ten minutes" in text
    assert sessions.IDLE.total_seconds() == 2 * 3600
    assert "two hours without use" in text
    assert sessions.LONGEST.total_seconds() == 12 * 3600
    assert "twelve hours in any case" in text


def test_the_cookies_are_those_that_are_told(client: Client, make: Make) -> None:
    """Only technical ones: who the browser is, its language and its look."""
    make.store()
    client.get("/s/noor/complaints/new?lang=en&theme=dark")
    sign_in(client, make.user("agent"))
    client.get("/desk/noor/complaints/?density=compact")
    names = {cookie.key for cookie in client._cookies.values()}
    assert names <= {"helpdesk", "lang", "theme", "density"}
    assert "remember the language and the look" in client.page("/privacy").text


@pytest.mark.parametrize("address", PAGES)
def test_it_asks_the_database_for_the_name_of_the_platform_alone(
    address: str, client: Client, app: Flask
) -> None:
    client.page(address)
    with statements(app) as seen:
        client.page(address)
    assert len([one for one in seen if one.startswith("SELECT")]) <= 2


def test_the_terms_lead_on_to_the_privacy_page(client: Client) -> None:
    [main] = client.page("/terms").root.all("main")
    assert "/privacy" in [link.get("href") for link in main.all("a")]
