"""Stores and their addresses (X-01, X-02)."""

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import stores
from helpdesk.domain.errors import Invalid
from helpdesk.domain.permissions import SYSTEM
from helpdesk.enums import EventKind, StoreKind
from helpdesk.models import Event, Store
from tests.fixtures.factory import Make

UNFIT = ["", "ab", "a" * 41, "Noor", "1st", "-ab", "ab-", "no or", "nöör", "نور", "abc\n", "../x"]


def open_store(make: Make, slug: str) -> Store:
    with transaction():
        return stores.create(slug, slug, "متجر", SYSTEM, now=make.clock())


@pytest.mark.parametrize("slug", ["abc", "a-1", "a" * 40])
def test_a_store_is_opened(make: Make, slug: str) -> None:
    assert stores.find(slug) is None
    store = open_store(make, slug)
    assert stores.find(slug) is store
    assert store.kind is StoreKind.STORE
    assert db.session.scalars(select(Event.kind)).all() == [EventKind.STORE_CREATED]


@pytest.mark.parametrize("slug", [*UNFIT, *sorted(stores.RESERVED_SLUGS)])
def test_an_address_that_is_reserved_or_unfit_is_refused(make: Make, slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_store(make, slug)
    assert refused.value.field == "slug"
    assert db.session.scalar(select(func.count()).select_from(Store)) == 1


def test_an_address_is_given_once(make: Make) -> None:
    """Also when its store is closed now."""
    make.store("noor", is_active=False)
    with pytest.raises(Invalid, match="already"):
        open_store(make, "noor")


def test_the_platform_and_closed_stores_are_not_served(make: Make) -> None:
    make.store("noor", is_active=False)
    assert make.platform().kind is StoreKind.PLATFORM
    assert stores.find("platform") is None
    assert stores.find("noor") is None
    assert [one.slug for one in (make.store("zeta"), make.store("alpha"))] == ["zeta", "alpha"]
    assert [one.slug for one in stores.active()] == ["alpha", "zeta"]


def test_a_store_has_a_name_in_both_languages(make: Make) -> None:
    """X-06."""
    store = make.store(name_en="Noor", name_ar="نور")
    assert (store.name_in("en"), store.name_in("ar"), store.name_in("fr")) == (
        "Noor",
        "نور",
        "Noor",
    )


def test_the_platforms_own_address_and_those_of_pages_are_reserved() -> None:
    assert {"platform", "desk", "static", "new", "api"} <= stores.RESERVED_SLUGS
