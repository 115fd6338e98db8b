"""*All*: every module and setting that the person may use, grouped and searchable without a script (C19)."""

import pytest
from flask import Flask

from helpdesk import normalise
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.fixtures.pages import Element, Page
from tests.views.steps import sign_in, statements

RESPONSES = "Predefined responses"
DESK = {
    RESPONSES,
    *("Home", "Complaints", "Support Tickets", "Self-Service System", "Chats", "Staff tickets"),
    *("Customers", "Orders", "Deliveries", "Notifications", "Exports"),
}
PLATFORM = {RESPONSES, "Home", "Complaints", "Deliveries", "Notifications", "Exports", "Settings"}
SETTINGS = {
    *("Change password", "Sessions", "English", "Arabic"),
    *("Light theme", "Dark theme", "Theme of my device"),
}


def tiles(page: Page) -> dict[str, Element]:
    """Each entry of the index by its title."""
    found = [one for one in page.root.all("a") if "option" in one.get("class").split()]
    return {_title(one): one for one in found}


def _title(tile: Element) -> str:
    return next(one.text for one in tile.all("span") if one.get("class") == "option-title")


def index(client: Client, make: Make, role: str = "store_owner") -> str:
    make.store()
    sign_in(client, make.user(role))
    return "/desk/noor/all/" if role in {"store_owner", "agent", "analyst"} else "/platform/all/"


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        ("store_owner", DESK | SETTINGS),
        ("agent", (DESK - {"Deliveries", "Exports", RESPONSES}) | SETTINGS),
        ("analyst", (DESK - {"Deliveries", RESPONSES}) | SETTINGS),
        ("platform_admin", PLATFORM | SETTINGS),
        ("platform_reviewer", (PLATFORM - {"Deliveries", "Settings", RESPONSES}) | SETTINGS),
        ("tech_support", {"Home", "Notifications"} | SETTINGS),
    ],
)
def test_it_names_everything_that_the_person_may_use_and_nothing_else(
    role: str, wanted: set[str], client: Client, make: Make
) -> None:
    """C19"""
    found = tiles(client.page(index(client, make, role)))
    assert found.keys() == wanted
    for title, tile in found.items():
        assert client.get(tile.get("href")).status_code == 200, title


def test_every_entry_has_a_description_and_every_group_a_heading(
    client: Client, make: Make
) -> None:
    page = client.page(index(client, make))
    for title, tile in tiles(page).items():
        [text] = [one.text for one in tile.all("span") if one.get("class") == "option-text"]
        assert len(text) > len(title), title
    headings = [one.text for one in page.root.all("h2")]
    assert "Customer Complaints Management" in headings
    assert len(headings) == len(set(headings))


def test_what_is_to_come_is_marked_and_what_works_is_not(client: Client, make: Make) -> None:
    found = tiles(client.page(index(client, make)))
    later = {title for title, tile in found.items() if "Coming later" in tile.text}
    assert later == {
        *("Support Tickets", "Self-Service System", "Chats", "Staff tickets"),
        *("Customers", "Orders"),
    }


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("complaints", "Complaints"),
        ("COMPLAINTS", "Complaints"),
        ("Settings and Tools", "Complaints"),
        ("self-service", "Self-Service System"),
        ("password", "Change password"),
        ("spreadsheet", "Exports"),
        ("night", "Dark theme"),
        ("service self", "Self-Service System"),
        ("الشكاوى", "Complaints"),
        ("شكاوي", "Complaints"),
        ("والشكاوى", "Complaints"),
        ("الشكـاوى", "Complaints"),
    ],
)
def test_the_search_knows_names_descriptions_and_other_words_in_both_languages(
    typed: str, wanted: str, client: Client, make: Make
) -> None:
    """C19"""
    page = client.page(index(client, make), query_string={"q": typed})
    found = tiles(page)
    assert wanted in found
    assert len(found) < len(DESK | SETTINGS)
    [box] = [one for one in page.root.all("input") if one.get("id") == "index-q"]
    assert box.get("value") == typed


def test_the_search_is_a_plain_form_that_needs_no_script(client: Client, make: Make) -> None:
    address = index(client, make)
    [box] = [one for one in client.page(address).root.all("input") if one.get("id") == "index-q"]
    form = box.parent
    while form is not None and form.tag != "form":
        form = form.parent
    assert form is not None
    assert (form.get("method"), form.get("action")) == ("get", address)


@pytest.mark.parametrize("typed", ["zzz", "<script>", "complaints zzz", "%"])
def test_nothing_found_says_so_and_leads_back_to_everything(
    typed: str, client: Client, make: Make
) -> None:
    """S3-36"""
    address = index(client, make)
    page = client.page(address, query_string={"q": typed})
    assert not tiles(page)
    assert "No results found" in page.text
    assert page.link("Show everything") == address


@pytest.mark.parametrize("typed", ["", "  ", "\u064b", "\u0640", "\u200b"])
def test_to_look_for_nothing_visible_shows_everything(
    typed: str, client: Client, make: Make
) -> None:
    page = client.page(index(client, make), query_string={"q": typed})
    assert tiles(page).keys() == DESK | SETTINGS


def test_language_and_theme_are_changed_from_here_and_the_choice_is_marked(
    client: Client, make: Make
) -> None:
    address = index(client, make)
    found = tiles(client.page(address))
    assert "In use" in found["English"].text
    assert "In use" in found["Theme of my device"].text
    client.page(found["Dark theme"].get("href"))
    client.page(found["Arabic"].get("href"))
    [root] = client.page(address).root.all("html")
    assert (root.get("lang"), root.get("data-theme")) == ("ar", "dark")


@pytest.mark.parametrize("role", ["store_owner", "platform_admin"])
def test_it_asks_the_database_for_the_frame_alone(
    role: str, client: Client, make: Make, app: Flask
) -> None:
    address = index(client, make, role)
    client.page(address)
    counts = []
    for query in ("", "?q=complaints"):
        with statements(app) as seen:
            client.page(address + query)
        counts.append(len([one for one in seen if one.lstrip().startswith("SELECT")]))
    assert counts[0] == counts[1] <= 10


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("الشَّكاوى", "الشكاوي"),
        ("أحمد إلى آخر ٱلعام", "احمد الي اخر العام"),
        ("مدرسة", "مدرسه"),
        ("شكـــاوى", "شكاوي"),
        ("Éric ١٢۳", "eric 123"),
        ("STRASSE straße", "strasse strasse"),
    ],
)
def test_letters_that_people_write_for_one_another_are_one(typed: str, folded: str) -> None:
    assert normalise.folded(typed) == folded


@pytest.mark.parametrize(
    ("word", "bare"),
    [("الطلب", "طلب"), ("والطلب", "طلب"), ("للطلب", "طلب"), ("الي", "الي"), ("طلب", "طلب")],
)
def test_an_article_and_a_particle_are_left_out(word: str, bare: str) -> None:
    assert normalise.bare(word) == bare
