"""A ticket is found by its number, in the store in scope (X-01)."""

import pytest

from helpdesk.db import transaction
from helpdesk.domain import tenancy, tickets
from helpdesk.domain.errors import NotFound
from helpdesk.enums import TicketKind
from tests.fixtures.factory import Make

COMPLAINT = TicketKind.COMPLAINT


def test_a_ticket_is_found_for_reading_and_for_writing(make: Make) -> None:
    filed = make.complaint()
    with tenancy.scoped(make.store()):
        assert tickets.find(COMPLAINT, filed.number) is filed.ticket
        with transaction():
            assert tickets.find(COMPLAINT, filed.number) is filed.ticket


def test_another_stores_ticket_is_missing_like_one_that_never_was(make: Make) -> None:
    theirs = make.complaint(store=make.store("other"))
    refusals = set()
    with tenancy.scoped(make.store()):
        for number in (theirs.number, "CMP-1234-5674"):
            with pytest.raises(NotFound) as refused:
                tickets.find(COMPLAINT, number)
            refusals.add(refused.value.text)
    assert len(refusals) == 1


def test_a_number_of_another_kind_is_missing(make: Make) -> None:
    filed = make.complaint()
    with pytest.raises(NotFound):
        tickets.find(TicketKind.SUPPORT, filed.number)


def test_several_are_found_together_and_none_of_another_store_or_kind(make: Make) -> None:
    """X-01: also while they are locked for a change."""
    own, also = make.complaint(), make.complaint()
    theirs = make.complaint(store=make.store("other"))
    numbers = [also.number, theirs.number, "CMP-1234-5674", own.number]
    with tenancy.scoped(make.store()):
        assert tickets.find_all(COMPLAINT, numbers) == [own.ticket, also.ticket]
        assert tickets.find_all(TicketKind.SUPPORT, numbers) == []
        with transaction():
            assert tickets.find_all(COMPLAINT, numbers) == [own.ticket, also.ticket]
