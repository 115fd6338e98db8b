"""The platform's store switcher (X-02): `?store=` keeps any page of the platform to one store."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from helpdesk.db import db, transaction
from helpdesk.enums import TicketStatus
from helpdesk.models import Store
from tests.fixtures.client import Client
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Element, Page
from tests.views.steps import Deliver, csrf, sign_in, statements

S = TicketStatus
PAGES = ("", "complaints/", "deliveries/", "all/", "notifications/", "exports/")


@pytest.fixture
def filed(make: Make, deliver: Deliver, mailbox: Mailbox) -> dict[str, Filed]:
    """A complaint in each of two stores, with the mails about them."""
    stores = {slug: make.store(slug) for slug in ("noor", "najd")}
    with transaction():
        for slug, arabic in (("noor", "نور"), ("najd", "نجد")):
            db.session.get_one(Store, stores[slug].id).name_ar = arabic
    found = {
        "noor": make.complaint(S.PENDING_ADMIN, stores["noor"], name="Sara of Noor"),
        "najd": make.complaint(S.PENDING_CUSTOMER, stores["najd"], name="Huda of Najd"),
    }
    deliver()
    mailbox.take()
    return found


@pytest.fixture
def admin(client: Client, make: Make, filed: dict[str, Filed]) -> Client:  # noqa: ARG001 - before the visit
    sign_in(client, make.user("platform_admin"))
    return client


def switcher(page: Page) -> dict[str, Element]:
    """What the switcher offers, by name."""
    [menu] = [one for one in page.root.all("details") if "switcher" in one.get("class").split()]
    return {one.text: one for one in menu.all("a")}


def shown_scope(page: Page) -> str:
    [menu] = [one for one in page.root.all("details") if "switcher" in one.get("class").split()]
    return next(next(menu.all("summary")).all("bdi")).text


def of_the_platform(page: Page) -> list[str]:
    """The addresses of the platform that the page links to, without those of the switcher itself."""
    offered = {one.get("href") for one in switcher(page).values()}
    hrefs = {one.get("href") for one in page.root.all("a")} - offered
    return sorted(one for one in hrefs if one.startswith("/platform"))


@pytest.mark.parametrize("one", PAGES)
def test_every_page_names_its_scope_and_offers_every_store(one: str, admin: Client) -> None:
    """X-02"""
    page = admin.page(f"/platform/{one}")
    offered = switcher(page)
    assert shown_scope(page) == "All stores"
    assert offered["All stores"].get("aria-current") == "true"
    for name, slug in (("Noor", "noor"), ("Najd", "najd")):
        assert offered[name].get("href") == f"/platform/{one}?store={slug}"
        assert not offered[name].get("aria-current")


@pytest.mark.parametrize("one", PAGES)
def test_a_narrowed_page_shows_its_store_and_nothing_of_another(
    one: str, admin: Client, filed: dict[str, Filed]
) -> None:
    """X-02"""
    page = admin.page(f"/platform/{one}?store=noor")
    assert shown_scope(page) == "Noor"
    offered = switcher(page)
    assert offered["Noor"].get("aria-current") == "true"
    assert offered["All stores"].get("href") == f"/platform/{one}"
    [main] = page.root.all("main")
    for word in (filed["najd"].number, filed["najd"].email, "Huda", "Najd"):
        assert word not in main.text, word


@pytest.mark.parametrize("one", PAGES)
def test_every_link_of_a_narrowed_page_stays_in_its_store(one: str, admin: Client) -> None:
    """X-02"""
    links = of_the_platform(admin.page(f"/platform/{one}?store=noor"))
    assert links
    for href in links:
        assert parse_qs(urlsplit(href).query).get("store") == ["noor"], href


def test_the_cards_of_the_home_page_count_the_store_alone(admin: Client) -> None:
    """X-02"""

    def counted(address: str) -> dict[str, str]:
        cards = [one for one in admin.page(address).root.all("a") if "stat" in one.get("class")]
        return {
            next(card.all("span")).text: next(card.all("bdi")).text
            for card in cards
            if "stat-value" in str([child.get("class") for child in card.all("bdi")])
        }

    whole, noor = counted("/platform/"), counted("/platform/?store=noor")
    waiting = {label: value for label, value in whole.items() if value != "0"}
    assert len(waiting) == 2
    assert sorted(noor[label] for label in waiting) == ["0", "1"]
    assert "What waits at Noor" in admin.page("/platform/?store=noor").text


def test_the_log_and_the_mails_are_those_of_the_store(
    admin: Client, filed: dict[str, Filed]
) -> None:
    """X-02"""
    log = admin.page("/platform/complaints/").text
    assert filed["noor"].number in log
    assert filed["najd"].number in log
    log = admin.page("/platform/complaints/?store=noor").text
    assert filed["noor"].number in log
    assert filed["najd"].number not in log
    mails = admin.page("/platform/deliveries/?store=noor").text
    assert filed["noor"].email in mails
    assert filed["najd"].email not in mails


def test_a_record_needs_no_parameter_and_another_stores_is_not_there(
    admin: Client, filed: dict[str, Filed]
) -> None:
    """X-02"""
    number = filed["najd"].number
    address = f"/platform/complaints/najd/{number}"
    assert admin.page(address).heading == number
    assert admin.page(f"{address}?store=najd").heading == number
    assert admin.get(f"{address}?store=noor").status_code == 404
    assert admin.get(f"/platform/complaints/noor/{number}?store=noor").status_code == 404
    rows = next(admin.page("/platform/deliveries/?store=najd").root.all("tbody"))
    mail = next(rows.all("a")).get("href")
    there = urlsplit(mail).path
    assert admin.get(f"{there}?store=najd").status_code == 200
    assert admin.get(f"{there}?store=noor").status_code == 404


def test_an_action_on_a_narrowed_page_works_and_stays_narrowed(admin: Client, make: Make) -> None:
    """X-02"""
    number = make.complaint(store=make.store("noor")).number
    page = admin.get(f"/platform/complaints/noor/{number}?store=noor")
    way = Page(page.text).link("Forward to merchant")
    assert parse_qs(urlsplit(way).query)["store"] == ["noor"]
    done = admin.submit(admin.get(way), button="Forward to merchant")
    assert done.status_code == 303
    assert make.find(number).forwarded_at is not None
    assert done.headers["Location"].endswith("?store=noor")
    assert shown_scope(admin.page(done.headers["Location"])) == "Noor"


def test_no_post_reaches_over_the_narrowed_store(
    admin: Client, filed: dict[str, Filed], make: Make
) -> None:
    """X-02"""
    number = filed["najd"].number
    data = {"csrf_token": csrf(admin), "text": "Hello there.", "last_seen": str(2**31 - 1)}
    address = f"/platform/complaints/najd/{number}/answer?store=noor"
    assert admin.post(address, data=data).status_code == 404
    assert make.find(number).status is S.PENDING_CUSTOMER


def test_the_search_box_stays_in_the_store(admin: Client, filed: dict[str, Filed]) -> None:
    """X-02"""
    page = admin.page("/platform/?store=noor")
    [form] = [
        one
        for one in page.root.all("form")
        if urlsplit(one.get("action")).path == "/platform/search"
    ]
    kept = {one.get("name"): one.get("value") for one in form.all("input")}
    assert kept["store"] == "noor"
    search = "/platform/search"
    own = admin.get(search, query_string={"store": "noor", "q": filed["noor"].number})
    number = filed["noor"].number
    assert own.headers["Location"] == f"/platform/complaints/noor/{number}?store=noor"
    foreign = admin.get(search, query_string={"store": "noor", "q": filed["najd"].number})
    there = urlsplit(foreign.headers["Location"])
    assert there.path == "/platform/complaints/"
    assert parse_qs(there.query) == {"q": [filed["najd"].number], "store": ["noor"]}


@pytest.mark.parametrize("one", [*PAGES, "search"])
@pytest.mark.parametrize("slug", ["nosuch", "platform", "\x00", "NOOR", "noor ", "a" * 300, "نور"])
def test_a_store_that_is_not_there_makes_no_page(slug: str, one: str, admin: Client) -> None:
    """X-02"""
    response = admin.get(f"/platform/{one}", query_string={"store": slug})
    assert response.status_code == 404


def test_a_closed_shop_makes_no_page(admin: Client, make: Make) -> None:
    """X-02"""
    make.store("noor", is_active=False)
    assert admin.get("/platform/?store=noor").status_code == 404
    assert "Noor" not in switcher(admin.page("/platform/"))


def test_no_store_asked_for_is_every_store(admin: Client, filed: dict[str, Filed]) -> None:
    text = admin.page("/platform/complaints/?store=").text
    assert filed["noor"].number in text
    assert filed["najd"].number in text


def test_narrowing_gives_nobody_a_right_they_lack(client: Client, make: Make) -> None:
    """X-02: a merchant stays outside, and IT support without complaints."""
    make.store()
    sign_in(client, make.user("store_owner"))
    assert client.get("/platform/?store=noor").status_code == 404
    support = Client(client.application, client.application.response_class, use_cookies=True)
    sign_in(support, make.user("tech_support"))
    assert support.get("/platform/complaints/?store=noor").status_code == 403


def test_the_parameter_means_nothing_on_a_desk(client: Client, make: Make) -> None:
    """X-02: there the store is in the address, and stays it."""
    mine = make.complaint(S.PENDING_CUSTOMER)
    foreign = make.complaint(S.PENDING_CUSTOMER, make.store("najd"))
    sign_in(client, make.user("agent"))
    for address in ("/desk/noor/complaints/?store=najd", "/desk/noor/complaints/?store=nosuch"):
        text = client.page(address).text
        assert mine.number in text
        assert foreign.number not in text
    assert "store=" not in " ".join(
        one.get("href")
        for one in client.page("/desk/noor/?store=najd").root.all("a")
        if "lang=" not in one.get("href") and "theme=" not in one.get("href")
    )


def test_the_names_are_those_of_the_reader(admin: Client) -> None:
    page = admin.page("/platform/complaints/?store=noor&lang=ar")
    assert shown_scope(page) == "نور"


def test_narrowing_asks_the_database_no_more_for_more_rows(
    admin: Client, make: Make, app: Flask
) -> None:
    counts = []
    for _ in range(2):
        with statements(app) as seen:
            admin.page("/platform/complaints/?store=noor")
        counts.append(len([one for one in seen if one.lstrip().startswith("SELECT")]))
        for _more in range(10):
            make.complaint(store=make.store("noor"))
    assert counts[0] == counts[1] <= 14
