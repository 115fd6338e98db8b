"""The platform hears of new complaints in digests: one mail a quarter of an hour and person (domain 2.6)."""

from datetime import UTC, datetime

import pytest

from helpdesk import jobs
from helpdesk.db import transaction
from helpdesk.domain import notifications
from helpdesk.enums import Channel, TicketStatus
from helpdesk.models import PlatformSetting, User
from tests.fixtures.factory import Make
from tests.fixtures.mailbox import Mailbox

SUBJECT = "New complaints"


@pytest.fixture
def reviewer(make: Make) -> User:
    make.clock.set(datetime(2025, 5, 6, 11, 0, tzinfo=UTC))
    make.user("tech_support")
    make.user("store_owner")
    make.user("platform_reviewer", active=False)
    return make.user("platform_reviewer")


def run(make: Make, mailbox: Mailbox, reviewer: User) -> list[str]:
    """The digests that come now, as their texts; nobody else gets one."""
    jobs.minutely(make.clock)
    digests = [mail for mail in mailbox.take() if SUBJECT in mail.subject]
    assert {mail.to for mail in digests} <= {(reviewer.email,)}
    return [mail.text for mail in digests]


def test_a_quarter_of_an_hour_is_told_once_it_is_over(
    make: Make, mailbox: Mailbox, reviewer: User
) -> None:
    first, second = make.complaint(), make.complaint(store=make.store("other"))
    make.clock.move(minutes=14, seconds=59)
    assert run(make, mailbox, reviewer) == []
    make.clock.move(seconds=1)
    third = make.complaint()
    (text,) = run(make, mailbox, reviewer)
    assert all(one.number in text for one in (first, second))
    assert third.number not in text
    assert "Noor · Damaged or wrong item" in text
    assert "Other · Damaged or wrong item" in text
    make.clock.move(minutes=1)
    assert run(make, mailbox, reviewer) == []
    make.clock.move(minutes=14)
    (text,) = run(make, mailbox, reviewer)
    assert third.number in text
    assert first.number not in text


def test_what_was_missed_while_no_worker_ran_is_told_once_a_quarter(
    make: Make, mailbox: Mailbox, reviewer: User
) -> None:
    """Security: the worker was down for six hours."""
    numbers = []
    for _ in range(3):
        numbers.append(make.complaint().number)
        make.clock.move(hours=2)
    found = run(make, mailbox, reviewer)
    assert [[number in text for number in numbers] for text in found] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    make.clock.move(minutes=1)
    assert run(make, mailbox, reviewer) == []


def test_what_is_a_day_old_is_no_news(make: Make, reviewer: User) -> None:
    make.complaint()
    make.clock.move(hours=24)
    found = notifications.digests(now=make.clock())
    assert [(one.channel, one.recipient) for one in found] == [
        (channel, reviewer.email) for channel in Channel
    ]
    make.clock.move(minutes=15)
    assert notifications.digests(now=make.clock()) == []


def test_a_digest_carries_numbers_and_nothing_typed(
    make: Make, mailbox: Mailbox, reviewer: User
) -> None:
    """Security, 5; domain 2.6."""
    filed = make.complaint(name="Canary Name", description="Canary text.", order_number="CANARY")
    make.clock.move(minutes=15)
    (text,) = run(make, mailbox, reviewer)
    assert filed.number in text
    assert "canary" not in text.casefold()
    assert filed.email not in text


def test_what_the_store_has_already_waits_for_no_review(
    make: Make, mailbox: Mailbox, reviewer: User
) -> None:
    """C11: reviewed within the quarter, or never reviewed because the setting is off."""
    make.complaint(TicketStatus.PENDING_ADMIN)
    with transaction() as session:
        session.add(PlatformSetting(key="complaint_platform_review", value=False))
    make.complaint()
    make.clock.move(minutes=15)
    assert run(make, mailbox, reviewer) == []
