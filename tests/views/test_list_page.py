"""A list's page: orders, columns, counts, views to keep, lookups and the way out as a file (S1-05 to S1-10, S3-36)."""

import csv
import io
import re
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from helpdesk import exports as writer
from helpdesk.db import db, transaction
from helpdesk.domain import tracking
from helpdesk.enums import CodePurpose, EventKind, ExportFormat, ExportStatus, TicketStatus
from helpdesk.lists import asked
from helpdesk.models import Customer, Event, Export, SavedView
from helpdesk.uploads import storage
from helpdesk.views.backoffice import list_page, lists
from helpdesk.views.errors import ADDRESS_BYTES
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Filed, Make
from tests.fixtures.mailbox import Mailbox
from tests.fixtures.pages import Page
from tests.views.seeds import TECHNICAL, TEXTS
from tests.views.steps import Deliver, csrf, link, row_counts, sign_in
from tests.views.test_lists import LOG, shown, turn

S = TicketStatus
PLATFORM_LOG = "/platform/complaints/"
DELIVERIES = "/desk/noor/deliveries/"
KEYS = count()


def post(client: Client, address: str, **values: Any) -> TestResponse:
    """A post as the page's form would send it: with a token, and a key of its own."""
    token = {"csrf_token": csrf(client), "idempotency": f"key{next(KEYS)}"}
    return client.post(address, data=token | values, buffered=True)


# Orders


@pytest.fixture
def ties(make: Make, clock: Clock) -> dict[str, Filed]:
    """Forty complaints in three statuses; every four came, and were answered, at the same moment."""
    found = {}
    for index in range(40):
        if index % 4 == 0:
            clock.move(minutes=11)
        status = (S.UNDER_PLATFORM_REVIEW, S.PENDING_ADMIN, S.PENDING_CUSTOMER)[index % 3]
        filed = make.complaint(status)
        found[filed.number] = filed
    return found


def test_the_page_links_from_where_it_stands_and_a_refused_view_leads_to_the_same_places(
    client: Client, make: Make
) -> None:
    """What a page of rows repeats is short (pages 4.12); at `…/views` it has to mean the same."""
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    page = client.get(f"{LOG}?sort=waiting")
    refused = client.submit(page, {"name": ""}, button="Save")
    assert refused.status_code == 422
    for response in (page, refused):
        rows = next(Page(response.text, response.request.path).root.all("tbody"))
        assert [one.get("href") for one in rows.all("a")] == [f"{LOG}{filed.number}"]
        assert f'href="{filed.number}"' in response.text
    views = [Page(one.text, one.request.path).link("Mine") for one in (page, refused)]
    assert views == [f"{LOG}?assignee=me&open=1"] * 2


def test_the_column_that_leads_to_the_record_stays(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    page = client.page(f"{LOG}?column=status")
    assert [one.text for one in page.root.all("th") if one.get("scope") == "col"] == [
        "Complaint number",
        "Complaint status",
    ]
    assert [one.text for one in page.root.all("th") if one.get("scope") == "row"] == [filed.number]


KEY_OF = {
    "recent": lambda one: (one.last_public_message_at, one.id),
    "created": lambda one: (one.created_at, one.id),
    "waiting": lambda one: (one.waiting_since, one.id),
    "due": lambda one: (one.due_at, one.id),
    "priority": lambda one: (one.urgency, one.id),
}
NEWEST_FIRST = {"recent", "created"}


def walk(client: Client, address: str, to: str) -> list[str]:
    """Everything from this page on, a page at a time; ends at the last one, whose address is kept."""
    found: list[str] = []
    following: str | None = address
    while following is not None:
        found += [following, *shown(client, following)]
        following = turn(client, following, to)
    return found


@pytest.mark.parametrize("sort", KEY_OF)
def test_in_every_order_each_row_stands_once_forth_and_back(
    sort: str, ties: dict[str, Filed], client: Client, make: Make
) -> None:
    make.close(next(one for one in ties.values() if one.ticket.status is S.PENDING_CUSTOMER).ticket)
    db.session.rollback()
    rows = [one.ticket for one in ties.values()]
    if sort == "waiting":
        rows = [one for one in rows if one.status is not S.CLOSED]
    if sort == "due":
        rows = [one for one in rows if one.due_at is not None]
    if sort == "priority":
        rows = [one for one in rows if one.forwarded_at is not None]
    ordered = sorted(rows, key=KEY_OF[sort], reverse=sort in NEWEST_FIRST)
    expected = [one.number for one in ordered]
    sign_in(client, make.user("agent"))
    forth = walk(client, f"{LOG}?sort={sort}", "next")
    pages = [one for one in forth if one.startswith("/")]
    assert [one for one in forth if not one.startswith("/")] == expected
    assert len(pages) == -(-len(expected) // 25)
    back = walk(client, pages[-1], "prev")
    assert sorted(one for one in back if not one.startswith("/")) == sorted(expected)
    assert f"{len(expected)} in all" in client.page(f"{LOG}?sort={sort}").text


def test_a_heading_leads_to_its_order_and_says_when_the_list_stands_in_it(
    client: Client, make: Make
) -> None:
    make.complaint()
    sign_in(client, make.user("agent"))
    page = client.page(f"{LOG}?status=under_platform_review")
    address = page.link("Waiting since")
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "status": "under_platform_review",
        "sort": "waiting",
    }
    sorted_page = client.page(address)
    [heading] = [one for one in sorted_page.root.all("th") if one.get("aria-sort")]
    assert (heading.text, heading.get("aria-sort")) == ("Waiting since", "ascending")
    assert not [one for one in page.root.all("th") if one.get("aria-sort")]


# What stands in an address


@pytest.mark.parametrize(
    "query",
    [
        "sort=nonsense",
        "sort=id",
        "sort=0&sort=waiting",
        "column=nonsense",
        "column=store",
        "column=contact_email",
        "after=abc",
        "before=1-",
        "after=99999999999999999-1",
        "after=99999999999999999999999999-1",
        f"before=0-{2**31}",
        "after=1.5-1",
        "after=-1-1",
        "customer=abc",
        "customer=0",
        "customer=-1",
        f"customer={2**31}",
        f"customer={2**63}",
        f"customer={'0' * 12}{'9' * 30}",
        "customer=%D9%A1",
        "assignee=999999999",
        "density=tiny",
        "q=%00",
        "order=%00",
        "from=9999-12-31",
        "store=najd",
    ],
)
def test_what_is_unknown_in_an_address_is_ignored(query: str, client: Client, make: Make) -> None:
    """Security, "?page=0…": a plain page with every row, never a fault."""
    numbers = [make.complaint().number for _ in range(2)]
    sign_in(client, make.user("agent"))
    page = client.page(f"{LOG}?{query}")
    assert sorted(shown(client, f"{LOG}?{query}")) == sorted(numbers)
    assert "Assignee" in page.text
    assert not [word for word in TECHNICAL if word in page.text]


def headings(page: Page) -> list[str]:
    return [one.text for one in page.root.all("th") if one.get("scope") == "col"]


def test_only_the_chosen_columns_are_shown_in_the_lists_own_order(
    client: Client, make: Make
) -> None:
    make.complaint()
    sign_in(client, make.user("agent"))
    chosen = client.page(f"{LOG}?column=status&column=number&column=nonsense")
    assert headings(chosen) == ["Complaint number", "Complaint status"]
    assert headings(client.page(LOG))[0:3] == ["Complaint number", "Customer name", "Order number"]


def test_the_platform_alone_has_a_column_of_stores_and_the_store_one_of_assignees(
    client: Client, make: Make, visitors: Visitors
) -> None:
    make.complaint()
    sign_in(client, make.user("agent"))
    reviewer = visitors()
    sign_in(reviewer, make.user("platform_reviewer"))
    assert {"Store", "Assignee"} & set(headings(client.page(LOG))) == {"Assignee"}
    assert {"Store", "Assignee"} & set(headings(reviewer.page(PLATFORM_LOG))) == {"Store"}


def test_the_row_height_is_remembered(client: Client, make: Make) -> None:
    make.complaint()
    sign_in(client, make.user("agent"))

    def compact(address: str) -> bool:
        return any("compact" in one.get("class") for one in client.page(address).root.all("table"))

    assert compact(LOG) is False
    assert compact(f"{LOG}?density=compact") is True
    assert compact(LOG) is True
    assert compact(f"{LOG}?density=nonsense") is True
    assert compact(f"{LOG}?density=comfortable") is False
    assert compact(LOG) is False


def test_every_form_of_the_page_keeps_the_search_that_it_does_not_change(
    client: Client, make: Make
) -> None:
    make.complaint(name="Huda")
    sign_in(client, make.user("store_owner"))
    query = "q=huda&status=under_platform_review&sort=created&column=number&column=status"
    page = client.page(f"{LOG}?{query}")
    kept: dict[str, set[str]] = {}
    for form in page.root.all("form"):
        fields = [(one.get("name"), one.get("value")) for one in form.all("input")]
        names = {name for name, value in fields if value in {"huda", "created", "number"}}
        kept[form.get("class") or form.get("action")] = names
    assert kept["filters"] >= {"q", "sort", "column"}
    assert kept["menu-panel display"] >= {"q", "column"}
    export = page.form("Excel (XLSX)").data
    assert export["q"] == ["huda"]
    assert export["status"] == ["under_platform_review"]
    assert export["sort"] == ["created"]
    assert export["column"] == ["number", "status"]
    save = page.form("Save").data
    assert {name: save[name] for name in ("q", "sort")} == {"q": ["huda"], "sort": ["created"]}


def test_a_value_that_no_filter_has_is_named_and_left_out(client: Client, make: Make) -> None:
    """Nobody should take the whole list for what they asked for."""
    filed = make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    page = client.page(f"{LOG}?status=zzz&from=2026-13-45&type=late")
    assert "Not understood and left out: Complaint status, Sent from" in page.text
    assert filed.number in client.page(f"{LOG}?status=zzz").text
    assert "Not understood" not in client.page(f"{LOG}?status=pending_admin").text


def test_mine_and_unassigned_are_what_is_still_to_be_done(client: Client, make: Make) -> None:
    """S1-10: what is closed waits for nobody."""
    still, done = make.complaint(S.PENDING_ADMIN), make.complaint(S.CLOSED)
    sign_in(client, make.user("agent"))
    page = client.page(LOG)
    assert shown(client) == [done.number, still.number]
    assert still.number in client.page(page.link("Unassigned")).text
    assert done.number not in client.page(page.link("Unassigned")).text
    assert "No results found" in client.page(page.link("Mine")).text


def test_an_empty_search_says_so_and_what_to_do_next(client: Client, make: Make) -> None:
    """S3-36."""
    sign_in(client, make.user("agent"))
    assert "will appear here" in client.page(LOG).text
    make.complaint()
    page = client.page(f"{LOG}?q=nobody")
    assert "No results found" in page.text
    assert page.link("Clear all filters") == LOG


# Counts


def test_past_the_limit_nobody_counts(
    client: Client, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (asked, lists, list_page):
        monkeypatch.setattr(module, "COUNT_LIMIT", 2)
    sign_in(client, make.user("agent"))
    for number, plain, searched in ((1, "1 in all", "1 found"), (2, "2 in all", "2 found")):
        make.complaint(name="Huda")
        assert plain in client.page(LOG).text, number
        assert searched in client.page(f"{LOG}?q=huda").text, number
    make.complaint(name="Huda"), make.complaint(name="Huda")
    assert "2+ in all" in client.page(LOG).text
    assert "2+ found" in client.page(f"{LOG}?order=1021").text
    assert "4 found" in client.page(f"{LOG}?q=huda").text  # a search is not counted past its page
    assert "2+ in all" in client.page(f"{LOG}?sort=waiting").text


def cards(client: Client, address: str) -> dict[str, tuple[str, str]]:
    """Words → number and address of each card."""
    links = [one for one in client.page(address).root.all("a") if "card-count" in one.get("class")]
    return {
        one.text.rpartition(" ")[0]: (one.text.rpartition(" ")[2], one.get("href")) for one in links
    }


def test_each_card_counts_a_status_and_opens_the_list_of_it(client: Client, make: Make) -> None:
    """S1-09."""
    najd = make.store("najd")
    for status in (S.PENDING_ADMIN, S.PENDING_ADMIN, S.CLOSED, S.UNDER_PLATFORM_REVIEW):
        make.complaint(status)
    make.complaint(S.PENDING_ADMIN, najd)
    sign_in(client, make.user("agent"))
    found = cards(client, LOG)
    assert sorted(number for number, _url in found.values()) == ["0", "1", "1", "2"]
    for number, address in found.values():
        assert len(shown(client, address)) == int(number)
        page = client.page(address)
        assert [one for one in page.root.all("a") if one.get("aria-current") == "true"]


def test_the_platforms_cards_count_every_store_or_the_one_it_is_narrowed_to(
    client: Client, make: Make
) -> None:
    """X-02."""
    make.complaint(), make.complaint(store=make.store("najd"))
    sign_in(client, make.user("platform_reviewer"))
    for query, expected in (("", "2"), ("?store=najd", "1")):
        numbers = [number for number, _url in cards(client, PLATFORM_LOG + query).values()]
        assert sorted(numbers) == ["0", "0", "0", expected]


def chips(client: Client, address: str) -> dict[str, tuple[str, bool]]:
    """The views above a list: words with their count → address, and whether it is the one shown."""
    nav = next(one for one in client.page(address).root.all("nav") if one.get("class") == "views")
    found = nav.all("a")
    return {one.text: (one.get("href"), one.get("aria-current") == "page") for one in found}


def test_the_views_that_everybody_finds_lead_to_their_searches(client: Client, make: Make) -> None:
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    found = chips(client, LOG)
    assert list(found) == ["All 1", "Mine", "Unassigned", "Urgent, unassigned", "Overdue"]
    assert found["All 1"] == (LOG, True)
    for name, (address, _current) in found.items():
        assert chips(client, address)[name][1] is True
    assert shown(client, found["Mine"][0]) == []
    assert len(shown(client, found["Unassigned"][0])) == 1


# Views to keep


def saved() -> list[tuple[str, dict[str, list[str]], bool]]:
    db.session.rollback()
    rows = db.session.scalars(select(SavedView).order_by(SavedView.id))
    return [(one.name, one.query, one.shared) for one in rows]


def test_a_search_is_saved_found_again_and_removed(client: Client, make: Make) -> None:
    """X-04: with an event each."""
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    form = client.get(f"{LOG}?status=pending_admin&sort=created")
    assert client.submit(form, {"name": "  المتأخرة  "}, button="Save").status_code == 303
    query = {"status": ["pending_admin"], "sort": ["created"]}
    assert saved() == [("المتأخرة", query, False)]
    address, _current = chips(client, LOG)["المتأخرة 1"]
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "status": "pending_admin",
        "sort": "created",
    }
    assert press_remove(client, client.get(LOG), "المتأخرة").status_code == 303
    assert saved() == []
    kinds = db.session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert kinds[-2:] == [EventKind.VIEW_SAVED, EventKind.VIEW_REMOVED]


def press_remove(client: Client, page: TestResponse, name: str) -> TestResponse:
    """The button beside the view; it leads to an address of its own."""
    label = f"Remove the view {name}"
    [button] = [one for one in Page(page.text).root.all("button") if one.get("aria-label") == label]
    return client.post(button.get("formaction"), data=Page(page.text).form(label).data)


def test_two_views_are_removed_from_one_page_and_a_double_click_is_no_fault(
    client: Client, make: Make
) -> None:
    """X-10: after "back" the page still carries the token of the first removal."""
    sign_in(client, make.user("agent"))
    for name in ("First", "Second", "Third"):
        assert post(client, f"{LOG}views", name=name).status_code == 303
    page = client.get(LOG)
    for name in ("First", "Second", "Second"):
        assert press_remove(client, page, name).status_code == 303
    assert [one[0] for one in saved()] == ["Third"]
    removed = select(Event).where(Event.kind == EventKind.VIEW_REMOVED)
    assert len(db.session.scalars(removed).all()) == 2


def test_the_count_of_a_view_is_that_of_its_list(client: Client, make: Make) -> None:
    """An order may leave rows out; then nobody claims to know how many there are."""
    make.complaint(S.PENDING_ADMIN), make.complaint(S.CLOSED)
    sign_in(client, make.user("agent"))
    for sort in ("waiting", "due", "created"):
        post(client, f"{LOG}views", name=sort, sort=sort)
    for text, (address, _current) in chips(client, LOG).items():
        if found := re.search(r" (\d+)$", text):
            assert len(shown(client, address)) == int(found[1]), text


def test_a_view_that_is_saved_twice_has_one_effect(client: Client, make: Make) -> None:
    """X-10."""
    sign_in(client, make.user("agent"))
    form = client.get(f"{LOG}?overdue=1")
    for name in ("Late", "Late", "Another name"):
        assert client.submit(form, {"name": name}, button="Save").status_code == 303
    assert saved() == [("Late", {"overdue": ["1"]}, False)]
    kinds = db.session.scalars(select(Event.kind).where(Event.kind == EventKind.VIEW_SAVED)).all()
    assert len(kinds) == 1


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\u202e", "n" * 61, "n" * 5000])
def test_a_refused_name_keeps_what_was_typed_and_asked(
    name: str, client: Client, make: Make
) -> None:
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("store_owner"))
    form = client.get(f"{LOG}?status=pending_admin&q=sara&sort=created")
    before = row_counts()
    answer = client.submit(form, {"name": name, "shared": "y"}, button="Save")
    assert answer.status_code == 422
    page = Page(answer.text)
    data = page.form("Save").data
    kept = [data[field] for field in ("name", "shared", "status", "q", "sort")]
    assert kept == [[name], ["y"], ["pending_admin"], ["sara"], ["created"]]
    assert any(one.get("aria-invalid") == "true" for one in page.root.all("input"))
    assert row_counts() == before
    again = client.submit(answer, {"name": "Good"}, button="Save")
    assert again.status_code == 303
    assert [one[0] for one in saved()] == ["Good"]


def test_whoever_may_not_share_is_not_offered_it_and_forging_it_is_refused(
    client: Client, make: Make
) -> None:
    sign_in(client, make.user("agent"))
    form = client.get(f"{LOG}?overdue=1")
    assert "shared" not in Page(form.text).form("Save").names
    before = row_counts()
    assert post(client, f"{LOG}views", name="Mine", shared="y").status_code == 403
    assert row_counts() == before


def test_a_shared_view_shows_in_the_whole_store_and_nowhere_else(
    client: Client, make: Make, visitors: Visitors
) -> None:
    """X-01."""
    sign_in(client, make.user("store_manager"))
    assert post(client, f"{LOG}views", name="Shared view", shared="y").status_code == 303
    agent, other, platform = visitors(), visitors(), visitors()
    sign_in(agent, make.user("agent"))
    sign_in(other, make.user("store_owner", make.store("najd")))
    sign_in(platform, make.user("platform_admin"))
    assert "Shared view" in agent.page(LOG).text
    assert "Shared view" not in other.page("/desk/najd/complaints/").text
    assert "Shared view" not in platform.page(f"{PLATFORM_LOG}?store=noor").text
    [view] = db.session.scalars(select(SavedView.id)).all()
    assert post(agent, f"{LOG}views/{view}/remove").status_code == 303
    assert post(other, f"/desk/najd/complaints/views/{view}/remove").status_code == 404
    assert post(platform, f"{PLATFORM_LOG}views/{view}/remove").status_code == 404
    assert len(saved()) == 1


@pytest.mark.parametrize("view", [0, 2**31 - 1, 2**31, 2**63, 10**40])
def test_a_view_that_is_not_there_is_not_found(view: int, client: Client, make: Make) -> None:
    sign_in(client, make.user("store_owner"))
    assert post(client, f"{LOG}views/{view}/remove").status_code == 404
    assert post(client, f"{DELIVERIES}views/{view}/remove").status_code == 404


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\"'><b>x", "{{ 7*7 }}", "%(x)s"])
def test_a_views_name_is_shown_as_it_was_typed(name: str, client: Client, make: Make) -> None:
    sign_in(client, make.user("store_owner"))
    assert post(client, f"{LOG}views", name=name).status_code == 303
    page = client.get(LOG)
    assert name in " ".join(chips(client, LOG))
    assert "<script>alert" not in page.text
    assert f"Remove the view {name}" in {
        one.get("aria-label") for one in Page(page.text).root.all("button")
    }


def test_what_was_typed_into_a_filter_is_kept_clean(client: Client, make: Make) -> None:
    """Architecture, rule 10: it ends up in the database and in other people's pages."""
    sign_in(client, make.user("agent"))
    hostile = "A\x00-\u202e77"
    assert post(client, f"{LOG}views", name="Odd", order=hostile, q=hostile).status_code == 303
    assert saved() == [("Odd", {"q": ["A-77"], "order": ["A-77"]}, False)]


# Looking a customer up


def proven(make: Make, status: S = S.PENDING_CUSTOMER, **draft: Any) -> Filed:
    """A complaint whose shopper has shown that the mailbox is theirs, so that a customer is known."""
    filed = make.complaint(status, **draft)
    shopper = make.shopper()
    code = make.issue(filed.ticket, CodePurpose.VIEW, shopper)
    with transaction():
        tracking.prove(filed.ticket, code, shopper, now=make.clock())
    return filed


def hits(client: Client, q: str, address: str = LOG) -> list[dict[str, str]]:
    response = client.get(f"{address}lookup/customer", query_string={"q": q})
    assert response.status_code == 200
    found: list[dict[str, str]] = response.get_json()
    return found


def test_a_customer_is_looked_up_and_their_complaints_are_found(client: Client, make: Make) -> None:
    filed = proven(make, name="Huda Alqahtani", email="huda@example.com")
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    for q in ("alqah", "HUDA@example.com", " huda "):
        [hit] = hits(client, q)
        assert hit["text"] == "Huda Alqahtani · huda@example.com"
    address = f"{LOG}?customer={hit['value']}"
    assert shown(client, address) == [filed.number]
    assert shown(client, f"{address}&status=closed") == []
    assert "Huda Alqahtani" in {one.text for one in client.page(address).root.all("option")}


def test_another_stores_customers_are_not_found(client: Client, make: Make) -> None:
    """X-01: nor does their id filter anything."""
    proven(make, store=make.store("najd"), name="Huda Elsewhere")
    own = proven(make, name="Huda Here")
    sign_in(client, make.user("agent"))
    assert [one["text"].split(" · ")[0] for one in hits(client, "huda")] == ["Huda Here"]
    db.session.rollback()
    foreign = db.session.scalars(select(Customer).where(Customer.name == "Huda Elsewhere")).one()
    assert shown(client, f"{LOG}?customer={foreign.id}") == [own.number]
    assert "Elsewhere" not in client.page(f"{LOG}?customer={foreign.id}").text


def test_before_forwarding_nobody_is_found_by_their_mailbox(client: Client, make: Make) -> None:
    """The store may not know whose complaint the platform is still reviewing."""
    hidden = proven(make, S.UNDER_PLATFORM_REVIEW, name="Huda", email="hidden@example.com")
    sign_in(client, make.user("store_owner"))
    assert hits(client, "huda") == []
    assert hits(client, "hidden@example.com") == []
    db.session.rollback()
    customer = db.session.scalars(select(Customer.id)).one()
    page = client.get(f"{LOG}?customer={customer}").text
    assert "hidden@example.com" not in page
    known = proven(make, name="Huda", email="hidden@example.com")
    assert len(hits(client, "huda")) == 1
    found = shown(client, f"{LOG}?customer={customer}")
    assert (found, hidden.number in found) == ([known.number], False)


def test_looking_up_needs_the_right_to_read_contacts(
    client: Client, make: Make, visitors: Visitors
) -> None:
    filed = proven(make, name="Huda Alqahtani")
    sign_in(client, make.user("analyst"))
    assert client.get(f"{LOG}lookup/customer?q=huda").status_code == 403
    db.session.rollback()
    customer = db.session.scalars(select(Customer.id)).one()
    other = make.complaint(S.PENDING_ADMIN)
    assert set(shown(client, f"{LOG}?customer={customer}")) == {filed.number, other.number}
    reviewer = visitors()
    sign_in(reviewer, make.user("platform_reviewer"))
    assert reviewer.get(f"{PLATFORM_LOG}lookup/customer?q=huda").status_code == 404


def test_only_a_lookup_looks_anything_up(client: Client, make: Make) -> None:
    make.store()
    sign_in(client, make.user("agent"))
    for name in ("status", "order", "nonsense", "%00", "customer/x"):
        assert client.get(f"{LOG}lookup/{name}?q=x").status_code == 404, name


@pytest.mark.parametrize(
    "name", [name for name, text in TEXTS.items() if len(quote_plus(text)) < ADDRESS_BYTES - 100]
)
def test_whatever_is_looked_up_finds_nobody_by_accident(
    name: str, client: Client, make: Make
) -> None:
    """Wildcards of SQL are letters like any other."""
    proven(make, name="Huda", email="huda@example.com")
    sign_in(client, make.user("agent"))
    assert hits(client, TEXTS[name]) == []
    assert hits(client, "h" * (ADDRESS_BYTES - 100)) == []


def test_twenty_are_enough(client: Client, make: Make) -> None:
    make.store()
    place = make.complaint(S.PENDING_ADMIN).ticket
    rows = [
        {"store_id": place.store_id, "name": f"Huda {n:02}", "email": f"h{n}@example.com"}
        for n in range(25)
    ]
    with transaction() as session:
        for row in rows:
            customer = Customer(
                **row, email_key=row["email"], lang=place.contact_lang, created_at=make.clock()
            )
            session.add(customer)
        session.flush()
        place.customer = customer
    sign_in(client, make.user("agent"))
    assert [one["text"] for one in hits(client, "huda")] == ["Huda 24 · h24@example.com"]


# Files


def rows_of(response: TestResponse) -> list[list[str]]:
    assert response.status_code == 200, response.text[:200]
    text = response.get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        ("store_owner", LOG, 200),
        ("store_manager", LOG, 200),
        ("agent", LOG, 403),
        ("analyst", LOG, 200),
        ("store_owner", DELIVERIES, 200),
        ("agent", DELIVERIES, 403),
        ("analyst", DELIVERIES, 403),
        ("platform_admin", PLATFORM_LOG, 200),
        ("platform_reviewer", PLATFORM_LOG, 200),
        ("tech_support", PLATFORM_LOG, 403),
        ("platform_admin", "/platform/deliveries/", 200),
        ("platform_reviewer", "/platform/deliveries/", 403),
        ("store_owner", PLATFORM_LOG, 404),
        ("platform_admin", LOG, 404),
    ],
)
def test_a_file_is_for_those_who_may_read_the_list_and_take_it_out(
    role: str, address: str, status: int, client: Client, make: Make
) -> None:
    """X-04: whoever takes something out is written down; whoever is refused leaves no trace."""
    make.complaint(S.PENDING_ADMIN)
    user = make.user(role)
    sign_in(client, user)
    assert ("Export" in client.get(address).text) is (status == 200)
    before = row_counts()
    answer = post(client, f"{address}export", format="csv", q="sara")
    assert answer.status_code == status
    if status != 200:
        assert row_counts() == before
        return
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.LIST_EXPORTED)).one()
    assert (event.actor_id, event.data["format"]) == (user.id, "csv")
    assert event.data["query"] == {"q": ["sara"]}


@pytest.mark.parametrize("file_format", ExportFormat)
def test_a_file_is_sent_as_a_file(file_format: ExportFormat, client: Client, make: Make) -> None:
    """And nothing of what it was written to is left when it has been sent."""
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("store_owner"))
    instance = Path(client.application.instance_path)
    before = set(instance.rglob("*"))
    answer = post(client, f"{LOG}export", format=file_format.value)
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert f"complaints-noor-2025-05-06.{file_format.value}" in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    beginning = {ExportFormat.CSV: b"\xef\xbb\xbf", ExportFormat.XLSX: b"PK\x03\x04"}
    assert answer.get_data().startswith(beginning[file_format])
    assert {one for one in set(instance.rglob("*")) - before if "queue.db" not in one.name} == set()


def test_a_file_holds_what_the_list_shows(client: Client, make: Make) -> None:
    make.complaint(name="Badr")
    wanted = make.complaint(S.PENDING_ADMIN, name="Huda")
    make.complaint(S.PENDING_ADMIN, make.store("najd"), name="Huda")
    sign_in(client, make.user("store_owner"))
    page = client.get(f"{LOG}?q=huda&column=number&column=customer_name")
    answer = client.submit(page, {"format": "csv"}, button="CSV", buffered=True)
    assert rows_of(answer) == [["Complaint number", "Customer name"], [wanted.number, "Huda"]]


def test_an_analysts_file_has_initials_and_finds_no_name(client: Client, make: Make) -> None:
    make.complaint(S.PENDING_ADMIN, name="Sara Alqahtani")
    sign_in(client, make.user("analyst"))
    whole = rows_of(post(client, f"{LOG}export", format="csv"))
    assert [row[1] for row in whole[1:]] == ["S. A."]
    assert len(rows_of(post(client, f"{LOG}export", format="csv", q="Sara"))) == 1


def test_a_file_of_deliveries_masks_the_mailbox_of_what_was_not_forwarded(
    client: Client, make: Make, deliver: Deliver, mailbox: Mailbox
) -> None:
    make.complaint(email="hidden@example.com"), make.complaint(S.PENDING_ADMIN, email="b@c.example")
    deliver()
    mailbox.take()
    sign_in(client, make.user("store_owner"))
    text = post(client, f"{DELIVERIES}export", format="csv").get_data().decode()
    assert "hidden@example.com" not in text
    assert "h•••@example.com" in text
    assert "b@c.example" in text


def test_the_platform_narrowed_to_a_store_takes_out_that_store(client: Client, make: Make) -> None:
    """X-02: in the file, and in what is written down about it."""
    make.complaint()
    najd = make.complaint(store=make.store("najd"))
    sign_in(client, make.user("platform_reviewer"))
    page = client.get(f"{PLATFORM_LOG}?store=najd")
    answer = client.submit(page, {"format": "csv"}, button="CSV", buffered=True)
    assert [row[0] for row in rows_of(answer)[1:]] == [najd.number]
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.LIST_EXPORTED)).one()
    assert event.data["query"] == {"store": ["najd"]}
    assert event.store_id == make.platform().id
    assert len(rows_of(post(client, f"{PLATFORM_LOG}export", format="csv"))) == 3


def test_a_kind_of_file_that_there_is_not_is_refused(client: Client, make: Make) -> None:
    make.store()
    sign_in(client, make.user("store_owner"))
    before = row_counts()
    for typed in ("", "pdf", "CSV", "csv\x00", "../csv"):
        assert post(client, f"{LOG}export", format=typed).status_code == 422
    assert row_counts() == before


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are a long list."""
    for module in (asked, lists, list_page):
        monkeypatch.setattr(module, "COUNT_LIMIT", 2)


@pytest.mark.usefixtures("small")
def test_a_long_list_is_written_by_the_worker_and_fetched_by_its_owner_alone(
    client: Client, make: Make, clock: Clock, visitors: Visitors
) -> None:
    numbers = {make.complaint(S.PENDING_ADMIN).number for _ in range(3)}
    owner = make.user("store_owner").email
    sign_in(client, owner)
    answer = client.submit(client.get(LOG), {"format": "csv"}, button="CSV")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/noor/exports/")
    assert "CMP-" not in answer.text
    page = client.page("/desk/noor/exports/")
    assert "Waiting" in page.text
    [export] = db.session.scalars(select(Export)).all()
    address = f"/desk/noor/exports/{export.id}"
    assert client.get(address).status_code == 404
    with client.application.app_context():
        assert writer.write_next(clock)
    page = client.page("/desk/noor/exports/")
    assert "3 rows" in page.text
    assert link(page, "Download Complaints").endswith(address)
    fetched = client.get(address, buffered=True)
    assert int(fetched.headers["Content-Length"]) == len(fetched.data)
    assert {row[0] for row in rows_of(fetched)[1:]} == numbers
    colleague, other = visitors(), visitors()
    sign_in(colleague, make.user("store_owner"))
    sign_in(other, make.user("store_owner", make.store("najd")))
    assert colleague.get(address).status_code == 404
    assert "Ready" not in colleague.page("/desk/noor/exports/").text
    assert other.get(f"/desk/najd/exports/{export.id}").status_code == 404
    clock.move(hours=24)
    sign_in(client, owner)
    assert client.get("/desk/noor/exports/").status_code == 200
    assert client.get(address).status_code == 404


@pytest.mark.usefixtures("small")
def test_a_long_list_that_is_asked_for_twice_is_written_once(client: Client, make: Make) -> None:
    """X-10."""
    for _ in range(3):
        make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("store_owner"))
    page = client.get(LOG)
    for _ in range(2):
        answer = client.submit(page, {"format": "csv"}, button="CSV")
        assert answer.status_code == 303
    db.session.rollback()
    assert len(db.session.scalars(select(Export)).all()) == 1
    for _ in range(2):
        post(client, f"{LOG}export", format="xlsx")
    before = row_counts(without="idempotency_key")
    fourth = post(client, f"{LOG}export", format="xlsx")
    assert fourth.status_code == 429
    assert fourth.headers["Retry-After"] == "60"
    assert row_counts(without="idempotency_key") == before


@pytest.mark.usefixtures("small")
def test_a_file_that_is_gone_is_not_found(client: Client, make: Make, clock: Clock) -> None:
    for _ in range(3):
        make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("store_owner"))
    post(client, f"{LOG}export", format="csv")
    with client.application.app_context():
        assert writer.write_next(clock)
    db.session.rollback()
    [export] = db.session.scalars(select(Export)).all()
    with client.application.app_context():
        storage.remove([str(export.file_name)])
    assert export.status is ExportStatus.DONE
    assert client.get(f"/desk/noor/exports/{export.id}").status_code == 404
    for number in (0, 2**31, 2**63):
        assert client.get(f"/desk/noor/exports/{number}").status_code == 404
