"""Track Complaint: the pair, the code, and which browser may read what afterwards."""

from collections.abc import Callable

import pytest

from helpdesk.db import db
from helpdesk.enums import TicketStatus
from helpdesk.models import AccessGrant, VerificationCode
from tests.fixtures.client import Client, Visitors
from tests.fixtures.clock import Clock
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.steps import prove, row_counts, track

S = TicketStatus


def persian(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))


def arabic(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


@pytest.mark.parametrize(
    "typing",
    [
        arabic,
        persian,
        str.lower,
        lambda text: text.replace("CMP-", ""),
        lambda text: f"  {text.replace('-', ' ')} ",
        lambda text: text.replace("-", "\u2013"),
    ],
)
def test_the_pair_is_read_however_it_is_typed(
    typing: Callable[[str], str], client: Client, make: Make
) -> None:
    """S1-35: digits of the reader's own script, case, spaces and dashes do not matter."""
    filed = make.complaint()
    response = track(client, typing(filed.number), typing(filed.tracking_code))
    assert response.headers.get("Location") == "/s/noor/track/verify"


def test_the_code_from_the_mailbox_may_be_typed_in_arabic_digits(
    client: Client, make: Make
) -> None:
    filed = make.complaint()
    track(client, filed.number, filed.tracking_code)
    verify = client.get("/s/noor/track/verify")
    code = arabic(make.code(filed.ticket))
    assert client.submit(verify, {"code": f" {code} "}, button="Continue").status_code == 303


def test_number_and_tracking_code_alone_open_nothing(client: Client, make: Make) -> None:
    filed = make.complaint()
    track(client, filed.number, filed.tracking_code)
    assert "track" in client.get(f"/s/noor/complaints/{filed.number}").headers["Location"]


def test_a_code_works_only_in_the_browser_that_asked_for_it(
    client: Client, visitors: Visitors, make: Make, clock: Clock
) -> None:
    filed = make.complaint()
    track(client, filed.number, filed.tracking_code)
    code = make.code(filed.ticket)
    stranger = visitors()
    clock.move(seconds=30)  # within the minute, so that no code of its own goes to the stranger
    track(stranger, filed.number, filed.tracking_code)
    verify = stranger.get("/s/noor/track/verify")
    assert stranger.submit(verify, {"code": code}, button="Continue").status_code == 422
    assert stranger.get(f"/s/noor/complaints/{filed.number}").status_code == 303


def test_another_browser_may_track_too_with_a_code_of_its_own(
    client: Client, visitors: Visitors, make: Make, clock: Clock
) -> None:
    filed = make.complaint()
    prove(client, filed, make)
    clock.move(minutes=2)
    other = visitors()
    prove(other, filed, make)
    for browser in (client, other):
        assert filed.number in browser.page(f"/s/noor/complaints/{filed.number}").heading


def test_what_was_proven_is_forgotten_after_thirty_idle_minutes_and_not_before(
    client: Client, make: Make, clock: Clock
) -> None:
    filed = make.complaint()
    prove(client, filed, make)
    address = f"/s/noor/complaints/{filed.number}"
    for _ in range(3):
        clock.move(minutes=29)
        assert client.get(address).status_code == 200
    clock.move(minutes=30)
    assert client.get(address).status_code == 303


def test_every_wrong_pair_gets_the_same_answer(
    visitors: Visitors, make: Make, clock: Clock
) -> None:
    """A wrong code, a number of nobody and another store's pair tell nothing apart."""
    filed = make.complaint()
    foreign = make.complaint(store=make.store("najd"))
    nobody = make.complaint(store=make.store("third")).number
    pairs = [
        (filed.number, "AAAA-2222"),
        (nobody, filed.tracking_code),
        (foreign.number, foreign.tracking_code),
    ]
    answers = []
    for number, code in pairs:
        browser = visitors()
        refused = track(browser, number, code)
        [main] = Page(refused.text).root.all("main")
        answers.append((refused.status_code, main.text))
        clock.move(minutes=1)
    assert answers[0][0] == 422
    assert answers[0] == answers[1] == answers[2]


def test_ten_wrong_pairs_make_this_number_wait_for_fifteen_minutes(
    client: Client, make: Make, clock: Clock
) -> None:
    filed = make.complaint()
    for _ in range(10):
        assert track(client, filed.number, "AAAA-2222").status_code == 422
    assert track(client, filed.number, filed.tracking_code).status_code == 429
    clock.move(minutes=15, seconds=1)
    assert track(client, filed.number, filed.tracking_code).status_code == 303


def test_a_mistyped_number_is_told_before_anything_is_looked_up_or_counted(
    client: Client, make: Make
) -> None:
    filed = make.complaint()
    last = str((int(filed.number[-1]) + 1) % 10)
    before = row_counts(without="idempotency_key")
    refused = track(client, filed.number[:-1] + last, filed.tracking_code)
    assert refused.status_code == 422
    assert "typing mistake" in refused.text
    assert row_counts(without="idempotency_key") == before


def test_the_page_tells_only_a_masked_address(client: Client, make: Make) -> None:
    filed = make.complaint(email="somebody@example.com")
    track(client, filed.number, filed.tracking_code)
    text = client.get("/s/noor/track/verify").text
    assert "s•••@example.com" in text
    assert "somebody" not in text


def test_sending_again_waits_a_minute_and_the_older_code_stays_good(
    client: Client, make: Make, clock: Clock
) -> None:
    filed = make.complaint()
    track(client, filed.number, filed.tracking_code)
    first = make.code(filed.ticket)
    again = client.get("/s/noor/track/verify")
    early = client.submit(again, button="Send again")
    assert "just sent" in client.get(early.headers["Location"]).text
    assert db.session.query(VerificationCode).count() == 1
    clock.move(seconds=61)
    client.submit(client.get("/s/noor/track/verify"), button="Send again")
    db.session.rollback()
    assert db.session.query(VerificationCode).count() == 2
    verify = client.get("/s/noor/track/verify")
    assert client.submit(verify, {"code": first}, button="Continue").status_code == 303


def test_the_browser_gets_a_new_name_with_its_proof_so_a_planted_one_reads_nothing(
    client: Client, visitors: Visitors, make: Make
) -> None:
    """Security, 8: the cookie from before the code is worth nothing afterwards."""
    filed = make.complaint()
    track(client, filed.number, filed.tracking_code)
    planted = client.get_cookie("helpdesk", domain="desk.test")
    assert planted is not None
    verify = client.get("/s/noor/track/verify")
    client.submit(verify, {"code": make.code(filed.ticket)}, button="Continue")
    thief = visitors()
    thief.set_cookie("helpdesk", planted.value, domain="desk.test")
    assert thief.get(f"/s/noor/complaints/{filed.number}").status_code == 303
    assert client.get(f"/s/noor/complaints/{filed.number}").status_code == 200


def test_the_same_code_posted_twice_opens_once_and_answers_the_same(
    client: Client, make: Make
) -> None:
    """X-10."""
    filed = make.complaint()
    track(client, filed.number, filed.tracking_code)
    verify = client.get("/s/noor/track/verify")
    before = client.get_cookie("helpdesk", domain="desk.test")
    assert before is not None
    code = {"code": make.code(filed.ticket)}
    first = client.submit(verify, code, button="Continue")
    client.set_cookie("helpdesk", before.value, domain="desk.test")
    second = client.submit(verify, code, button="Continue")
    assert first.headers["Location"] == second.headers["Location"]
    assert client.get(second.headers["Location"]).status_code == 200
    db.session.rollback()
    assert db.session.query(AccessGrant).count() == 1


def test_a_wrong_code_is_told_at_its_field_and_leaves_the_way_open(
    client: Client, make: Make
) -> None:
    filed = make.complaint()
    track(client, filed.number, filed.tracking_code)
    code = make.code(filed.ticket)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    refused = client.submit(client.get("/s/noor/track/verify"), {"code": wrong}, button="Continue")
    assert refused.status_code == 422
    assert "not right" in refused.text
    assert client.submit(refused, {"code": code}, button="Continue").status_code == 303
