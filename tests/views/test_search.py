"""The search of the complaints log: lines with what was found marked, and what is said when nothing was (S1-10)."""

import csv
import io

import pytest
from flask import Flask

from helpdesk.db import transaction
from helpdesk.domain import notes
from helpdesk.enums import TicketStatus
from helpdesk.models import Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.steps import sign_in, statements
from tests.views.test_lists import LOG, shown

S = TicketStatus
PLATFORM_LOG = "/platform/complaints/"


def lines(page: Page) -> list[str]:
    """What stands under the rows that were found in a text."""
    return [one.text for one in page.root.all("tr") if one.get("class") == "hit"]


def marked(page: Page) -> list[str]:
    return [one.text for one in page.root.all("mark")]


def searched(client: Client, typed: str, log: str = LOG) -> Page:
    answer = client.get(log, query_string={"q": typed, "lang": "en"})
    return Page(answer.text, answer.request.path)


def write_note(make: Make, ticket: Ticket, text: str, role: str) -> None:
    writer = make.actor(role, ticket.store)
    with transaction():
        notes.write(ticket, text, writer, last_seen=None, now=make.clock())


def test_under_a_row_stands_the_line_in_which_it_was_found(client: Client, make: Make) -> None:
    """S1-10, pages 5.6: the words as they were written, marked; and where they stand."""
    arabic = make.complaint(S.PENDING_ADMIN, description="أين الطلب يا أحمد؟")
    english = make.complaint(S.PENDING_ADMIN, description="The bottle broke on its way.")
    write_note(make, english.ticket, "Refund the bottle.", "agent")
    sign_in(client, make.user("agent"))
    for typed, number, words, line in (
        ("طلب", arabic.number, ["الطلب"], "In a message: أين الطلب يا أحمد؟"),
        ("احمد", arabic.number, ["أحمد"], "In a message: أين الطلب يا أحمد؟"),
        ("way", english.number, ["way"], "In a message: The bottle broke on its way."),
        ("refund bottle", english.number, ["Refund", "bottle"], "In a note: Refund the bottle."),
    ):
        page = searched(client, typed)
        assert shown(client, f"{LOG}?q={typed}") == [number]
        assert marked(page) == words
        assert [one.replace(" ", "") for one in lines(page)] == [line.replace(" ", "")]


def test_a_row_found_by_what_it_shows_has_no_line(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN, name="Huda Nameword", order_number="4711")
    sign_in(client, make.user("agent"))
    for typed in ("nameword", "4711", filed.number, ""):
        assert filed.number in searched(client, typed).text
        assert lines(searched(client, typed)) == []


def test_what_was_typed_into_a_message_stays_text(client: Client, make: Make) -> None:
    """Security: neither the message nor the search is ever markup."""
    make.complaint(S.PENDING_ADMIN, description="<script>alert(1)</script><b>boldword</b> & co")
    sign_in(client, make.user("agent"))
    for typed in ("script", "<b>boldword", "<script>alert(1)</script>", '"><mark>'):
        answer = client.get(LOG, query_string={"q": typed, "lang": "en"}).text
        assert lines(Page(answer)) or "mark" in typed, typed
        assert "<script>alert" not in answer
        assert "<b>" not in answer
        assert '"><mark>' not in answer


@pytest.mark.parametrize(
    ("role", "log", "said"),
    [
        ("agent", LOG, "of complaints under review only number, name and order"),
        ("analyst", LOG, "of complaints under review only number and order"),
        ("platform_reviewer", PLATFORM_LOG, "own notes were searched"),
    ],
)
def test_nothing_found_says_what_was_searched_and_how_to_find_more(
    role: str, log: str, said: str, client: Client, make: Make
) -> None:
    """S3-36."""
    make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user(role))
    page = searched(client, "nowhere", log)
    assert "No results found" in page.text
    assert said in page.text
    assert "Try fewer words, or only how they begin." in page.text
    signs = searched(client, "-* ?", log)
    assert "Search for a word or a number; signs alone cannot be found." in signs.text
    assert "Change or clear the search and the filters." in client.page(f"{log}?overdue=1").text


def test_an_analyst_is_not_offered_what_they_cannot_find(client: Client, make: Make) -> None:
    """Names are masked for them; hits would spell them out letter by letter."""
    filed = make.complaint(S.PENDING_ADMIN, name="Huda Nameword", email="mailword@shop.example")
    sign_in(client, make.user("analyst"))
    for typed in ("nameword", "mailword", "mailword@shop.example", "966551234567", "0551234567"):
        assert filed.number not in searched(client, typed).text
    assert filed.number in searched(client, "bottle").text


def test_each_side_finds_its_own_notes_alone(
    client: Client, visitors: Visitors, make: Make
) -> None:
    """S2-84: neither the row nor a word of the note."""
    filed = make.complaint(S.PENDING_ADMIN)
    write_note(make, filed.ticket, "Storeword of ours.", "agent")
    write_note(make, filed.ticket, "Platformword of ours.", "platform_reviewer")
    sign_in(client, make.user("store_owner"))
    platform = visitors()
    sign_in(platform, make.user("platform_admin"))
    for who, log, own, other in (
        (client, LOG, "Storeword", "Platformword"),
        (platform, PLATFORM_LOG, "Platformword", "Storeword"),
    ):
        assert lines(searched(who, own, log)) == [f"In a note: {own} of ours."]
        assert "No results found" in searched(who, other, log).text
        assert f"{other} of" not in searched(who, "ours", log).text


def test_how_many_were_found_is_not_counted_past_the_page(client: Client, make: Make) -> None:
    """Performance, "Traps": an exact count took half a second."""
    for _ in range(25):
        make.complaint(S.PENDING_ADMIN)
    sign_in(client, make.user("agent"))
    assert "25 found" in searched(client, "bottle").text
    make.complaint(S.PENDING_ADMIN)
    first = searched(client, "bottle")
    assert "More than 25 found" in first.text
    last = client.page(first.link("Next page"))
    assert "More than 25 found" in last.text
    assert len(lines(last)) == 1


def test_a_search_asks_the_same_for_one_row_and_for_a_page_full(
    client: Client, app: Flask, make: Make
) -> None:
    sign_in(client, make.user("store_owner"))
    asked = []
    for rows in (1, 24):
        for _ in range(rows):
            make.complaint(S.PENDING_ADMIN)
        client.page(f"{LOG}?q=bottle")
        with statements(app) as seen:
            assert len(lines(client.page(f"{LOG}?q=bottle"))) >= rows
        asked.append(len([one for one in seen if one.lstrip().upper().startswith("SELECT")]))
    with statements(app) as seen:
        client.page(LOG)
    plain = len([one for one in seen if one.lstrip().upper().startswith("SELECT")])
    assert asked[0] == asked[1] <= plain + 2  # how common the words are, and the lines


def test_a_file_of_a_search_holds_what_the_search_finds(client: Client, make: Make) -> None:
    """X-01: the same rows, and nothing of what was said."""
    wanted = make.complaint(S.PENDING_ADMIN, description="Textword in a message.")
    make.complaint(S.PENDING_ADMIN)
    make.complaint(description="Textword under review.")
    make.complaint(S.PENDING_ADMIN, make.store("najd"), description="Textword elsewhere.")
    sign_in(client, make.user("store_owner"))
    page = client.get(LOG, query_string={"q": "textword"})
    file = client.submit(page, {"format": "csv"}, button="CSV", buffered=True)
    rows = list(csv.reader(io.StringIO(file.get_data(as_text=True))))
    assert [row[0] for row in rows[1:]] == [wanted.number]
    assert "Textword" not in file.get_data(as_text=True)


def test_the_box_in_the_top_bar_leads_words_to_the_log(client: Client, make: Make) -> None:
    filed = make.complaint(S.PENDING_ADMIN, description="أين الطلب؟")
    sign_in(client, make.user("agent"))
    answer = client.get("/desk/noor/search", query_string={"q": "طلب"})
    page = client.page(answer.headers["Location"])
    assert filed.number in page.text
    assert marked(page) == ["الطلب"]
