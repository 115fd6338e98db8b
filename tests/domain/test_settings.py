"""Settings of the whole installation: their usual values, who changes them, and that each change is a fact."""

import pytest
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import settings, stores, tenancy
from helpdesk.domain.errors import Invalid, NotAllowed
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind
from helpdesk.models import Event
from tests.fixtures.factory import Make


def change(make: Make, actor: Actor, megabytes: int = 10, *, review: bool = True) -> None:
    with transaction():
        settings.change(
            max_upload_mb=megabytes,
            complaint_platform_review=review,
            actor=actor,
            now=make.clock(),
        )


def facts() -> list[tuple[str, str | None, str | None]]:
    db.session.rollback()
    query = select(Event).where(Event.kind == EventKind.SETTING_CHANGED).order_by(Event.id)
    return [(one.data["setting"], one.was, one.became) for one in db.session.scalars(query)]


def test_an_installation_begins_with_ten_megabytes_and_the_platforms_review(make: Make) -> None:
    """C11, C58."""
    make.store()
    assert settings.max_upload_mb() == 10
    assert stores.reviews_complaints()


def test_what_is_changed_holds_and_only_a_change_is_recorded(make: Make) -> None:
    """S2-82, X-04."""
    admin = make.actor("platform_admin")
    change(make, admin)
    assert facts() == []
    change(make, admin, 3)
    change(make, admin, 3, review=False)
    db.session.rollback()
    assert settings.max_upload_mb() == 3
    assert not stores.reviews_complaints()
    assert facts() == [("max_upload_mb", "10", "3"), ("complaint_platform_review", "True", "False")]


def test_they_can_be_changed_from_a_page_that_is_kept_to_one_store(make: Make) -> None:
    admin, noor = make.actor("platform_admin"), make.store()
    with tenancy.scoped(noor):
        change(make, admin, 7)
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.SETTING_CHANGED)).one()
    assert event.store_id == stores.platform().id


@pytest.mark.parametrize("role", ["platform_reviewer", "tech_support", "store_owner", "analyst"])
def test_nobody_else_changes_them(role: str, make: Make) -> None:
    """Domain 2.2: platform settings are the administrator's."""
    with pytest.raises(NotAllowed):
        change(make, make.actor(role), 3)
    assert settings.max_upload_mb() == 10


@pytest.mark.parametrize(("typed", "megabytes"), [("1", 1), (" 50 ", 50), ("٢٥", 25), ("۵", 5)])
def test_a_size_is_read_in_any_digits(typed: str, megabytes: int) -> None:
    """X-07"""
    assert settings.read_max_upload_mb(typed) == megabytes


@pytest.mark.parametrize(
    "typed", ["", "0", "51", "-1", "1.5", "1e1", "ten", "10 MB", "²", "9" * 5000, "1_0", "+5"]
)
def test_a_size_that_is_none_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        settings.read_max_upload_mb(typed)
    assert (refusal.value.field, refusal.value.values) == (
        "max_upload_mb",
        {"least": 1, "most": 50},
    )
