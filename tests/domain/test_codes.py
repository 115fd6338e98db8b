"""Six-digit codes: for one ticket, purpose, mailbox and browser, for ten minutes, once (C17, domain limits)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import verification
from helpdesk.domain.errors import Invalid, LimitReached, WrongCode
from helpdesk.domain.permissions import Actor
from helpdesk.enums import CodePurpose, TicketStatus
from helpdesk.models import VerificationCode
from tests.fixtures.factory import Filed, Make

VIEW, CLOSE = CodePurpose.VIEW, CodePurpose.CLOSE
Spend = Callable[..., None]


@pytest.fixture
def filed(make: Make) -> Filed:
    return make.complaint(TicketStatus.PENDING_CUSTOMER)


@pytest.fixture
def shopper(make: Make) -> Actor:
    return make.shopper()


@pytest.fixture
def spend(make: Make, filed: Filed) -> Spend:
    def run(code: str, actor: Actor | None = None, purpose: CodePurpose = VIEW) -> None:
        by = actor or make.shopper()
        with transaction():
            verification.spend(filed.ticket, purpose, code, by, now=make.clock())

    return run


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def refused(spend: Spend, code: str, *args: object) -> str:
    with pytest.raises(Invalid) as refusal:
        spend(code, *args)
    assert refusal.value.field == "code"
    return refusal.value.text


def test_a_code_works_once(make: Make, filed: Filed, shopper: Actor, spend: Spend) -> None:
    """S1-37."""
    code = make.issue(filed.ticket, VIEW, shopper)
    spend(code)
    assert refused(spend, code) == verification.WRONG


def test_a_code_is_taken_as_people_type_it(
    make: Make, filed: Filed, shopper: Actor, spend: Spend
) -> None:
    """X-07."""
    code = make.issue(filed.ticket, VIEW, shopper)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    spend(f" {arabic[:3]} - {arabic[3:]}\u200f")


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "12345x", "²²²²²²", "1e3456", "\x00"]
)
def test_what_has_no_six_digits_is_told_so_and_not_counted(
    make: Make, filed: Filed, shopper: Actor, spend: Spend, typed: str
) -> None:
    code = make.issue(filed.ticket, VIEW, shopper)
    for _ in range(11):
        assert refused(spend, typed) == verification.SHAPE
    spend(code)


def test_a_code_lives_ten_minutes(make: Make, filed: Filed, shopper: Actor, spend: Spend) -> None:
    """S1-44, C17."""
    first = make.issue(filed.ticket, VIEW, shopper)
    make.clock.move(minutes=9, seconds=59)
    spend(first)
    second = make.issue(filed.ticket, VIEW, shopper)
    make.clock.move(minutes=10)
    assert refused(spend, second) == verification.EXPIRED


def test_an_older_code_keeps_its_own_time(
    make: Make, filed: Filed, shopper: Actor, spend: Spend
) -> None:
    """Domain limits: mails overtake each other."""
    first = make.issue(filed.ticket, VIEW, shopper)
    make.clock.move(minutes=5)
    make.issue(filed.ticket, VIEW, shopper)
    make.clock.move(minutes=4)
    spend(first)


def test_using_one_code_kills_the_others_of_its_purpose(
    make: Make, filed: Filed, shopper: Actor, spend: Spend
) -> None:
    """Domain limits: in every browser, but of that purpose alone."""
    first = make.issue(filed.ticket, VIEW, shopper)
    close = make.issue(filed.ticket, CLOSE, shopper)
    make.clock.move(minutes=1)
    elsewhere = make.shopper(browser="another")
    second = make.issue(filed.ticket, VIEW, elsewhere)
    make.clock.move(minutes=1)
    spend(first)
    assert refused(spend, second, elsewhere) == verification.WRONG
    spend(close, shopper, CLOSE)


def test_a_code_of_one_purpose_opens_no_other(
    make: Make, filed: Filed, shopper: Actor, spend: Spend
) -> None:
    """C17."""
    view = make.issue(filed.ticket, VIEW, shopper)
    close = make.issue(filed.ticket, CLOSE, shopper)
    assert view != close
    assert refused(spend, view, shopper, CLOSE) == verification.WRONG
    assert refused(spend, close, shopper, VIEW) == verification.WRONG
    spend(view)


def test_another_browser_cannot_use_it(
    make: Make, filed: Filed, shopper: Actor, spend: Spend
) -> None:
    code = make.issue(filed.ticket, VIEW, shopper)
    assert refused(spend, code, make.shopper(browser="another")) == verification.WRONG
    spend(code)


def test_a_changed_mailbox_kills_what_was_sent_to_the_old_one(
    make: Make, filed: Filed, shopper: Actor, spend: Spend
) -> None:
    """C47."""
    code = make.issue(filed.ticket, VIEW, shopper)
    with transaction():
        filed.ticket.contact_email_key = "new@example.com"
    assert refused(spend, code) == verification.WRONG


def test_five_wrong_tries_kill_a_code(
    make: Make, filed: Filed, shopper: Actor, spend: Spend
) -> None:
    """Security, codes: then even the right one is wrong; a new one works."""
    code = make.issue(filed.ticket, VIEW, shopper)
    for _ in range(4):
        refused(spend, wrong(code))
    make.clock.move(seconds=60)
    fresh = make.issue(filed.ticket, VIEW, shopper)
    refused(spend, wrong(code) if wrong(code) != fresh else wrong(wrong(code)))
    assert refused(spend, code) == verification.WRONG
    spend(fresh)


@pytest.mark.parametrize("same", ["ticket", "address"])
def test_ten_failures_lock_ticket_and_address_for_a_quarter_of_an_hour(
    make: Make, filed: Filed, spend: Spend, same: str
) -> None:
    """Domain limits, security: even the right code has to wait then."""
    other = make.complaint()
    for time in range(10):
        actor = make.shopper(ip=f"ip{time}" if same == "ticket" else "ip")
        ticket = other.ticket if same == "address" and time % 2 else filed.ticket
        with pytest.raises(WrongCode), transaction():
            verification.spend(ticket, VIEW, "000000", actor, now=make.clock())
    actor = make.shopper(ip="fresh" if same == "ticket" else "ip")
    make.clock.move(minutes=6)
    code = make.issue(filed.ticket, VIEW, actor)
    with pytest.raises(LimitReached) as locked:
        spend(code, actor)
    assert locked.value.wait_seconds == 9 * 60
    make.clock.move(minutes=9)
    spend(code, actor)


def test_failures_of_long_ago_do_not_count(make: Make, filed: Filed, spend: Spend) -> None:
    for _ in range(9):
        refused(spend, "000000")
    make.clock.move(minutes=15)
    code = make.issue(filed.ticket, VIEW, make.shopper())
    refused(spend, wrong(code))
    spend(code)


def test_a_further_code_is_sent_after_a_minute_and_four_an_hour(
    make: Make, filed: Filed, shopper: Actor
) -> None:
    """Domain limits, "Resend": counted for each purpose, whoever asks."""
    start = make.clock()
    make.issue(filed.ticket, VIEW, shopper)
    make.clock.move(seconds=59)
    with pytest.raises(LimitReached) as refusal:
        make.issue(filed.ticket, VIEW, make.shopper(browser="another", ip="another"))
    assert refusal.value.wait_seconds == 1
    for _ in range(3):
        make.clock.move(seconds=60)
        make.issue(filed.ticket, VIEW, shopper)
    make.clock.move(minutes=5)
    with pytest.raises(LimitReached) as refusal:
        make.issue(filed.ticket, VIEW, shopper)
    assert refusal.value.wait_seconds == 3600 - (make.clock() - start).total_seconds()
    assert verification.seconds_until_resend(filed.ticket, CLOSE, now=make.clock()) == 0
    make.issue(filed.ticket, CLOSE, shopper)
    make.clock.set(start)
    make.clock.move(hours=1)
    make.issue(filed.ticket, VIEW, shopper)
    db.session.rollback()
    assert len(db.session.scalars(select(VerificationCode.id)).all()) == 6


def test_the_longer_wait_counts(make: Make, filed: Filed, shopper: Actor) -> None:
    """A minute after the fourth, although the first is almost an hour old."""
    for _ in range(3):
        make.issue(filed.ticket, VIEW, shopper)
        make.clock.move(seconds=60)
    make.clock.move(minutes=56, seconds=30)
    make.issue(filed.ticket, VIEW, shopper)
    assert verification.seconds_until_resend(filed.ticket, VIEW, now=make.clock()) == 60


def test_a_code_is_awaited_as_long_as_it_could_be_used(
    make: Make, filed: Filed, shopper: Actor, spend: Spend
) -> None:
    """S1-37: by the browser that asked, for that purpose, until it is used or too old."""

    def awaited(actor: Actor = shopper, purpose: CodePurpose = VIEW) -> bool:
        db.session.rollback()
        return verification.awaited(filed.ticket, purpose, actor, now=make.clock())

    assert not awaited()
    code = make.issue(filed.ticket, VIEW, shopper)
    assert awaited()
    assert not awaited(make.shopper(browser="another"))
    assert not awaited(purpose=CLOSE)
    spend(code)
    assert not awaited()
    make.clock.move(minutes=1)
    make.issue(filed.ticket, VIEW, shopper)
    make.clock.move(minutes=9, seconds=59)
    assert awaited()
    make.clock.move(seconds=1)
    assert not awaited()
