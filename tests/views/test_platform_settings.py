"""The platform's settings page: what it shows, what it changes, and what follows from it (C11, C58, S2-82)."""

import pytest
from sqlalchemy import func, select

from helpdesk.db import db
from helpdesk.domain import settings, stores
from helpdesk.enums import EventKind, TicketStatus
from helpdesk.models import Event, Ticket
from tests.fixtures.client import Client, Visitors
from tests.fixtures.factory import Make
from tests.fixtures.pages import Page
from tests.views.steps import send_complaint, sign_in

ADDRESS = "/platform/settings/"


@pytest.fixture
def admin(client: Client, make: Make) -> Client:
    make.store()
    sign_in(client, make.user("platform_admin"))
    return client


def changes() -> int:
    db.session.rollback()
    query = select(func.count()).where(Event.kind == EventKind.SETTING_CHANGED)
    return db.session.scalar(query) or 0


def test_it_shows_what_holds_and_keeps_what_is_changed(admin: Client) -> None:
    form = Page(admin.get(ADDRESS).text).form("Save")
    assert form.data["max_upload_mb"] == ["10"]
    assert form.data["complaint_platform_review"] == ["y"]
    saved = admin.submit(admin.get(ADDRESS), {"max_upload_mb": "٢٥"}, button="Save")
    assert saved.status_code == 303
    page = admin.get(ADDRESS)
    assert "The settings were saved." in page.text
    assert Page(page.text).form("Save").data["max_upload_mb"] == ["25"]
    assert settings.max_upload_mb() == 25
    assert changes() == 1


def test_without_the_platforms_review_a_complaint_goes_straight_to_its_store(
    admin: Client, visitors: Visitors
) -> None:
    """C11"""
    form = admin.get(ADDRESS)
    data = Page(form.text).form("Save").data
    del data["complaint_platform_review"]  # an empty box sends nothing
    assert admin.post(ADDRESS, data=data).status_code == 303
    db.session.rollback()
    assert not stores.reviews_complaints()
    assert send_complaint(visitors()).status_code == 303
    ticket = db.session.scalars(select(Ticket)).one()
    assert ticket.status is TicketStatus.PENDING_ADMIN


@pytest.mark.parametrize("typed", ["0", "51", "", "ten", "1.5", "-1", "9" * 100])
def test_a_size_that_cannot_be_is_refused_with_what_was_typed(typed: str, admin: Client) -> None:
    answer = admin.submit(admin.get(ADDRESS), {"max_upload_mb": typed}, button="Save")
    assert answer.status_code == 422
    assert "The size must be a whole number from 1 to 50." in answer.text
    assert Page(answer.text).form("Save").data["max_upload_mb"] == [typed]
    assert changes() == 0


def test_extra_keys_change_nothing(admin: Client) -> None:
    """Security, 9."""
    extra = {"risk_sharing": "y", "key": "x", "value": "y", "store_id": "1"}
    form = Page(admin.get(ADDRESS).text).form("Save")
    assert admin.post(ADDRESS, data=form.data | extra).status_code == 303
    assert changes() == 0


def test_it_works_where_the_pages_are_kept_to_one_store(admin: Client) -> None:
    """X-02: a setting of all stores stays one."""
    address = f"{ADDRESS}?store=noor"
    saved = admin.submit(admin.get(address), {"max_upload_mb": "7"}, button="Save")
    assert saved.status_code == 303
    assert settings.max_upload_mb() == 7


def test_the_menu_names_it_for_the_administrator_alone(
    admin: Client, visitors: Visitors, make: Make
) -> None:
    assert Page(admin.get("/platform/").text).link("Settings") == ADDRESS
    reviewer = visitors()
    sign_in(reviewer, make.user("platform_reviewer"))
    assert ADDRESS not in reviewer.get("/platform/").text
    assert reviewer.get(ADDRESS).status_code == 403
