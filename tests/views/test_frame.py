"""The frame of the back offices: sidebar, top bar, crumbs, footer, and the modules that are announced."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from helpdesk.enums import TicketStatus
from tests.fixtures.client import Client
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Element, Page
from tests.views.steps import Deliver, sign_in, statements

S = TicketStatus
LATER = ("tickets", "self-service", "chats", "staff-tickets", "customers", "orders")
DESK_PAGES = ("", "complaints/", "deliveries/", "all/", "notifications/", "exports/")
PLATFORM_PAGES = ("", "complaints/", "deliveries/", "all/", "notifications/", "exports/")
AGENT_MENU = [
    *("Home", "Customer Complaints Management", "Settings and Tools", "Complaints"),
    *("Support Tickets", "Self-Service System", "Chats", "Staff tickets", "Customers", "Orders"),
    *("All", "More"),
]


def found(root: Element, tag: str, name: str) -> Element:
    """The first such element whose class or accessible name is this one."""
    return next(
        one
        for one in root.all(tag)
        if name in one.get("class").split() or one.get("aria-label") == name
    )


def menu(page: Page) -> Element:
    return found(page.root, "nav", "Main menu")


def labels(page: Page) -> list[str]:
    """What the menu says, groups and all, in its order."""
    return [next(row.all("span")).text for row in menu(page).all("a", "summary")]


def crumbs(page: Page) -> list[str]:
    return [item.text for item in found(page.root, "nav", "Breadcrumb").all("li")]


def entered(client: Client, make: Make, role: str) -> None:
    make.store()
    sign_in(client, make.user(role))


@pytest.mark.parametrize("role", ["agent", "analyst"])
def test_the_sidebar_of_a_desk_is_that_of_the_requirements(
    role: str, client: Client, make: Make
) -> None:
    """C19, S1-03, S1-04: literal names in their order, at every width the same list."""
    entered(client, make, role)
    for address in ("/desk/noor/", "/desk/noor/chats/", "/desk/noor/all/"):
        assert labels(client.page(address)) == AGENT_MENU


@pytest.mark.parametrize("role", ["store_owner", "store_manager"])
def test_those_who_run_the_store_see_deliveries_and_predefined_responses_in_the_sidebar(
    role: str, client: Client, make: Make
) -> None:
    """C19: the responses stand among *Settings and Tools*, beside the complaints."""
    entered(client, make, role)
    wanted = [*AGENT_MENU[:-2], "Deliveries", "All", "More"]
    wanted.insert(wanted.index("Complaints") + 1, "Predefined responses")
    assert labels(client.page("/desk/noor/")) == wanted


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        (
            "platform_admin",
            [
                *("Home", "Complaints", "Predefined responses"),
                *("Deliveries", "Settings", "All", "More"),
            ],
        ),
        ("platform_reviewer", ["Home", "Complaints", "All", "More"]),
        ("tech_support", ["Home", "All", "More"]),
    ],
)
def test_the_platform_has_a_sidebar_of_its_own(
    role: str, wanted: list[str], client: Client, make: Make
) -> None:
    """C19"""
    entered(client, make, role)
    assert labels(client.page("/platform/")) == wanted


def test_complaints_lie_under_settings_and_tools_of_their_management(
    client: Client, make: Make
) -> None:
    """S1-03, S1-04: Customer Complaints Management, then Settings and Tools, then Complaints."""
    entered(client, make, "agent")
    outer = found(menu(client.page("/desk/noor/")), "details", "nav-group")
    [inner] = outer.all("details")
    assert next(outer.all("summary")).text == "Customer Complaints Management"
    assert next(inner.all("summary")).text == "Settings and Tools"
    [link] = inner.all("a")
    assert (link.text, link.get("href")) == ("Complaints", "/desk/noor/complaints/")
    assert client.page(link.get("href")).heading == "Complaints"


@pytest.mark.parametrize(
    ("role", "home"), [("store_owner", "/desk/noor/"), ("platform_admin", "/platform/")]
)
def test_every_link_of_the_frame_leads_somewhere(
    role: str, home: str, client: Client, make: Make
) -> None:
    """C19, S3-37: no dead end in sidebar, top bar or footer."""
    entered(client, make, role)
    page = client.page(home)
    parts = (menu(page), found(page.root, "header", "topbar"), next(page.root.all("footer")))
    addresses = {link.get("href") for part in parts for link in part.all("a")}
    for address in sorted(one for one in addresses if not one.startswith("#")):
        assert client.get(address).status_code == 200, address


def test_more_opens_the_same_index_as_all_and_one_place_is_marked(
    client: Client, make: Make
) -> None:
    """C19"""
    entered(client, make, "agent")
    page = client.page("/desk/noor/all/")
    assert page.link("More") == page.link("All") == "/desk/noor/all/"
    current = [link.text for link in menu(page).all("a") if link.get("aria-current")]
    assert current == ["All"]


@pytest.mark.parametrize("module", LATER)
def test_a_module_to_come_says_so_and_where_to_go(
    module: str, client: Client, make: Make, app: Flask
) -> None:
    """C19: every path that is named works, also where the module is still to be built."""
    entered(client, make, "agent")
    address = f"/desk/noor/{module}/"
    page = client.page(address)
    [link] = [one for one in menu(page).all("a") if one.get("href") == address]
    assert link.get("aria-current") == "page"
    assert page.heading == link.text
    assert "not open in this version yet" in page.text
    assert page.link("To the complaints") == "/desk/noor/complaints/"
    assert page.link("Show everything you can use") == "/desk/noor/all/"
    with statements(app) as seen:
        client.page(address)
    assert len([one for one in seen if one.startswith("SELECT")]) <= 8


def test_chats_and_tickets_are_icons_in_the_upper_right_corner_of_a_desk(
    client: Client, make: Make
) -> None:
    """S3-12, S3-24"""
    entered(client, make, "agent")
    for address in ("/desk/noor/", "/desk/noor/complaints/"):
        tools = found(found(client.page(address).root, "header", "topbar"), "div", "tools")
        icons = {
            link.text: (link.get("href"), next(link.all("use")).get("href").partition("#")[2])
            for link in tools.all("a")
            if list(link.all("use"))
        }
        assert icons["Chats"] == ("/desk/noor/chats/", "chat-dots")
        assert icons["Support Tickets"] == ("/desk/noor/tickets/", "ticket-detailed")


def test_the_platform_has_no_chats_and_no_tickets(client: Client, make: Make) -> None:
    """S3-12, S3-24: they are a store's."""
    entered(client, make, "platform_admin")
    hrefs = {link.get("href") for link in client.page("/platform/").root.all("a")}
    assert not {one for one in hrefs if "chats" in one or "tickets" in one}


@pytest.mark.parametrize(
    ("role", "start", "pages"),
    [
        ("store_owner", "/desk/noor/", (*DESK_PAGES, *(f"{one}/" for one in LATER))),
        ("platform_admin", "/platform/", PLATFORM_PAGES),
    ],
)
def test_the_crumbs_begin_at_home_and_end_at_the_page(
    role: str, start: str, pages: tuple[str, ...], client: Client, make: Make
) -> None:
    """S3-15: Home > … > this page, which is no link."""
    entered(client, make, role)
    for one in pages[1:]:
        page = client.page(start + one)
        trail = found(page.root, "nav", "Breadcrumb")
        assert crumbs(page)[0] == "Home", one
        assert next(trail.all("a")).get("href") == start
        assert crumbs(page)[-1] == page.heading, one
        assert [item.text for item in trail.all("span") if item.get("aria-current")] == [
            page.heading
        ]


def test_a_record_has_its_list_in_the_crumbs_and_beside_its_title(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    """S3-15, S3-60: the way back stands beside the title; its arrow turns round in Arabic."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    deliver()
    mailbox.take()
    sign_in(client, make.user("store_owner"))
    address = f"/desk/noor/complaints/{filed.number}"
    page = client.page(address)
    assert crumbs(page) == ["Home", "Complaints", filed.number]
    row = found(page.root, "div", "title-row")
    assert next(row.all("h1")).text == filed.number
    [back] = row.all("a")
    assert (back.text, back.get("href")) == ("Complaints", "/desk/noor/complaints/")
    assert "icon-mirrored" in next(back.all("svg")).get("class").split()
    mails = client.page("/desk/noor/deliveries/")
    table = next(mails.root.all("tbody"))
    mail = client.page(next(table.all("a")).get("href"))
    [back] = found(mail.root, "div", "title-row").all("a")
    assert (back.text, back.get("href")) == ("Deliveries", "/desk/noor/deliveries/")


def test_the_search_box_opens_the_complaint_of_a_number_however_it_is_typed(
    client: Client, make: Make
) -> None:
    filed = make.complaint(S.PENDING_CUSTOMER)
    entered(client, make, "agent")
    box = found(client.page("/desk/noor/all/").root, "details", "topbar-search")
    [form] = box.all("form")
    assert (form.get("method"), form.get("action")) == ("get", "/desk/noor/search")
    digits = filed.number.removeprefix("CMP-").replace("-", "")
    eastern = digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed in (
        filed.number,
        filed.number.lower(),
        digits,
        eastern,
        f" {digits[:4]} {digits[4:]}",
    ):
        for box_of in ("/desk/noor/search", "/desk/noor/complaints/"):
            found_at = client.get(box_of, query_string={"q": typed, "status": "closed"})
            assert found_at.status_code == 302, (box_of, typed)
            assert found_at.headers["Location"] == f"/desk/noor/complaints/{filed.number}"


@pytest.mark.parametrize("typed", ["Sara O'Connor", "CMP-0000-0000", "1021", "%&?#", "عطر"])
def test_anything_else_searches_the_log(typed: str, client: Client, make: Make) -> None:
    entered(client, make, "agent")
    answer = client.get("/desk/noor/search", query_string={"q": typed})
    there = urlsplit(answer.headers["Location"])
    assert (answer.status_code, there.path) == (302, "/desk/noor/complaints/")
    page = client.page(answer.headers["Location"])
    assert typed in [one.get("value") for one in page.root.all("input")]
    assert client.get("/desk/noor/search").headers["Location"] == "/desk/noor/complaints/"


def test_a_search_finds_no_record_of_another_store(client: Client, make: Make) -> None:
    """X-01"""
    foreign = make.complaint(S.PENDING_CUSTOMER, make.store("najd"))
    entered(client, make, "agent")
    answer = client.get("/desk/noor/search", query_string={"q": foreign.number})
    assert answer.headers["Location"] == f"/desk/noor/complaints/?q={foreign.number}"
    assert "No results found" in client.page(answer.headers["Location"]).text


def test_the_platform_finds_a_number_in_whichever_store_it_is(client: Client, make: Make) -> None:
    filed = make.complaint(store=make.store("najd"))
    entered(client, make, "platform_reviewer")
    answer = client.get("/platform/search", query_string={"q": filed.number})
    assert answer.headers["Location"] == f"/platform/complaints/najd/{filed.number}"


def test_who_may_list_no_complaints_gets_no_search_box(client: Client, make: Make) -> None:
    entered(client, make, "tech_support")
    page = client.page("/platform/")
    assert not [one for one in page.root.all("form") if one.get("action").endswith("/search")]
    assert client.get("/platform/search?q=CMP-1234-5674").status_code == 403


def test_an_empty_list_says_no_results_found_and_what_to_do_next(
    client: Client, make: Make
) -> None:
    """S3-36"""
    entered(client, make, "store_owner")
    for address, step in (
        ("/desk/noor/complaints/", "will appear here"),
        ("/desk/noor/complaints/?q=nobody", "Every word has to be found"),
        ("/desk/noor/deliveries/?q=nobody", "Change or clear"),
        ("/desk/noor/all/?q=zzz", "Show everything"),
    ):
        text = client.page(address).text
        assert "No results found" in text, address
        assert step in text, address


def test_every_page_has_its_footer_and_both_links_work(client: Client, make: Make) -> None:
    """S3-37"""
    make.complaint(S.PENDING_CUSTOMER)
    pages = ["/", "/login", "/login/forgot", "/terms", "/privacy", "/s/noor/", "/s/noor/track"]
    _footer_on(client, pages)
    assert client.get("/nowhere").status_code == 404
    _in_footer(Page(client.get("/nowhere").text))
    sign_in(client, make.user("store_owner"))
    _footer_on(client, ["/login/sessions", *(f"/desk/noor/{one}" for one in DESK_PAGES)])
    boss = Client(client.application, client.application.response_class, use_cookies=True)
    sign_in(boss, make.user("platform_admin"))
    _footer_on(boss, [f"/platform/{one}" for one in PLATFORM_PAGES])


def _footer_on(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        _in_footer(client.page(address))


def _in_footer(page: Page) -> None:
    [footer] = page.root.all("footer")
    assert "© " in footer.text
    assert ", ALL RIGHTS RESERVED." in footer.text
    links = {link.text: link.get("href") for link in footer.all("a")}
    assert links == {"Terms of Use": "/terms", "Privacy & Security": "/privacy"}


def test_the_first_thing_on_every_page_is_the_way_past_the_menu(client: Client, make: Make) -> None:
    """S2-01: "Skip to the main content" is the first thing that can be reached, and leads there."""
    filed = make.complaint(S.PENDING_CUSTOMER)
    public = ["/", "/login", "/terms", "/privacy", "/s/noor/", "/s/noor/complaints/new", "/nowhere"]
    for address in public:
        _begins_with_the_skip_link(client, address)
    sign_in(client, make.user("store_owner"))
    for address in (*DESK_PAGES, f"complaints/{filed.number}", "chats/"):
        _begins_with_the_skip_link(client, f"/desk/noor/{address}")


def _begins_with_the_skip_link(client: Client, address: str) -> None:
    page = Page(client.get(address).text)
    first = next(page.root.all("a", "button", "input", "select", "summary"))
    assert (first.text, first.get("href")) == ("Skip to the main content", "#main"), address
    [main] = page.root.all("main")
    assert main.get("id") == "main"
