"""Views that people keep: whose they are, who finds them, and who may take them away (X-01, X-04, X-10)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from helpdesk.db import db, transaction
from helpdesk.domain import saved_views, tenancy
from helpdesk.domain.errors import Invalid, NotAllowed, NotFound
from helpdesk.domain.permissions import Actor
from helpdesk.enums import EventKind
from helpdesk.models import Event, SavedView, Store
from tests.fixtures.factory import Make

LATE = {"overdue": ["1"]}
CLOSED = {"status": ["closed"]}
Save = Callable[..., SavedView]


@pytest.fixture
def save(make: Make) -> Save:
    def run(
        actor: Actor,
        name: str = "Late ones",
        query: dict[str, list[str]] = LATE,
        *,
        place: Store | None = None,
        listing: str = "complaints",
        shared: bool = False,
    ) -> SavedView:
        where = place or make.store()
        with transaction():
            return saved_views.save(
                listing, name, query, where, actor, shared=shared, now=make.clock()
            )

    return run


@pytest.fixture
def remove(make: Make) -> Callable[..., None]:
    def run(
        actor: Actor, view: int, place: Store | None = None, listing: str = "complaints"
    ) -> None:
        where = place or make.store()
        with transaction():
            saved_views.remove(listing, view, where, actor, now=make.clock())

    return run


def found(
    make: Make, actor: Actor, place: Store | None = None, listing: str = "complaints"
) -> list[str]:
    """The names that this person finds above the list."""
    where = place or make.store()
    db.session.rollback()
    return [one.name for one in saved_views.of(listing, where, actor)]


def everything() -> list[tuple[int, str, bool, dict[str, list[str]]]]:
    db.session.rollback()
    rows = db.session.scalars(select(SavedView).order_by(SavedView.id))
    return [(one.user_id, one.name, one.shared, one.query) for one in rows]


def recorded() -> list[tuple[EventKind, int | None, dict[str, object]]]:
    kinds = (EventKind.VIEW_SAVED, EventKind.VIEW_REMOVED)
    rows = db.session.scalars(select(Event).where(Event.kind.in_(kinds)).order_by(Event.id))
    return [(one.kind, one.actor_id, one.data) for one in rows]


def test_an_own_view_is_found_by_its_owner_alone(make: Make, save: Save) -> None:
    owner, colleague = make.actor("agent"), make.actor("store_owner")
    save(owner)
    assert found(make, owner) == ["Late ones"]
    assert found(make, colleague) == []
    assert found(make, owner, listing="deliveries") == []


def test_a_shared_view_is_found_by_everybody_who_works_there_and_nobody_else(
    make: Make, save: Save
) -> None:
    najd = make.store("najd")
    save(make.actor("store_manager"), shared=True)
    assert found(make, make.actor("agent")) == ["Late ones"]
    assert found(make, make.actor("agent", najd), najd) == []
    assert found(make, make.actor("platform_admin"), make.platform()) == []


def test_somebody_who_works_in_two_stores_finds_in_each_what_is_kept_there(
    make: Make, save: Save
) -> None:
    noor, najd = make.store("noor"), make.store("najd")
    user = make.user("agent", noor)
    make.user("agent", najd, email=user.email)
    actor = make.acting(user)
    save(actor, "Of noor", place=noor)
    save(actor, "Of najd", place=najd)
    assert found(make, actor, noor) == ["Of noor"]
    assert found(make, actor, najd) == ["Of najd"]


def test_views_stand_in_the_order_of_their_names(make: Make, save: Save) -> None:
    owner = make.actor("agent")
    for name in ("Carrots", "Apples", "Bananas"):
        save(owner, name)
    assert found(make, owner) == ["Apples", "Bananas", "Carrots"]


def test_saving_under_the_name_of_an_own_view_replaces_that_view_alone(
    make: Make, save: Save
) -> None:
    owner, colleague = make.actor("store_owner"), make.actor("store_manager")
    save(owner, shared=True)
    save(colleague, shared=True)
    save(owner, query=CLOSED)
    assert everything() == [
        (owner.user_id, "Late ones", False, CLOSED),
        (colleague.user_id, "Late ones", True, LATE),
    ]


@pytest.mark.parametrize("role", ["agent", "analyst", "platform_reviewer"])
def test_sharing_needs_the_right_to_share(role: str, make: Make, save: Save) -> None:
    actor = make.actor(role)
    place = make.platform() if role == "platform_reviewer" else make.store()
    with pytest.raises(NotAllowed):
        save(actor, place=place, shared=True)
    assert everything() == []
    assert recorded() == []
    save(actor, place=place)
    assert found(make, actor, place) == ["Late ones"]


def test_an_own_view_can_be_removed_even_by_who_may_share_none(
    make: Make, save: Save, remove: Callable[..., None]
) -> None:
    owner = make.actor("agent")
    view = save(owner)
    remove(owner, view.id)
    assert found(make, owner) == []


def test_what_somebody_shared_is_removed_by_who_may_share(
    make: Make, save: Save, remove: Callable[..., None]
) -> None:
    view = save(make.actor("store_owner"), shared=True).id
    agent = make.actor("agent")
    with pytest.raises(NotAllowed):
        remove(agent, view)
    assert found(make, agent) == ["Late ones"]
    remove(make.actor("store_manager"), view)
    assert found(make, agent) == []


def test_what_is_not_for_these_eyes_is_not_found(
    make: Make, save: Save, remove: Callable[..., None]
) -> None:
    """X-01: somebody's own, another list's, another store's and a missing one answer alike."""
    najd = make.store("najd")
    own, shared = save(make.actor("agent")).id, save(make.actor("store_owner"), shared=True).id
    theirs = save(make.actor("store_owner", najd), place=najd, shared=True).id
    manager, admin = make.actor("store_manager"), make.actor("platform_admin")
    before = everything()
    for actor, view, place, listing in (
        (manager, own, None, "complaints"),
        (manager, shared, None, "deliveries"),
        (manager, theirs, None, "complaints"),
        (manager, 2**31 - 1, None, "complaints"),
        (admin, shared, make.platform(), "complaints"),
    ):
        with pytest.raises(NotFound):
            remove(actor, view, place, listing)
    assert everything() == before
    assert {kind for kind, _actor, _data in recorded()} == {EventKind.VIEW_SAVED}


def test_somebody_keeps_thirty_views_of_a_list_and_may_still_replace_one(
    make: Make, save: Save
) -> None:
    owner = make.actor("agent")
    for number in range(30):
        save(owner, f"View {number:02}")
    with pytest.raises(Invalid, match="views of this list"):
        save(owner, "One more")
    save(owner, "View 07", CLOSED)
    save(owner, "One more", listing="deliveries")
    assert len(found(make, owner)) == 30
    save(make.actor("agent"), "One more")
    assert len(everything()) == 32


def test_own_views_are_never_crowded_out_by_what_others_share(make: Make, save: Save) -> None:
    owner = make.actor("agent")
    for _ in range(3):
        colleague = make.actor("store_owner")
        for number in range(30):
            save(colleague, f"A shared view {number:02}", shared=True)
    save(owner, "Zebra")
    assert "Zebra" in found(make, owner)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Late \n ones ", "Late ones"),
        ("المتأخرة", "المتأخرة"),
        ("a\u202eb\u0000c", "abc"),
        ("n" * 60, "n" * 60),
        ("<b>bold</b>", "<b>bold</b>"),
    ],
)
def test_a_name_is_tidied(typed: str, name: str) -> None:
    """X-07 and architecture, rule 10."""
    assert saved_views.read_name(typed) == name


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u2060", "\u3164", "\u202e", "n" * 61])
def test_a_name_nobody_can_read_or_that_is_too_long_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        saved_views.read_name(typed)
    assert refusal.value.field == "name"


def test_every_change_is_written_down(make: Make, save: Save, remove: Callable[..., None]) -> None:
    """X-04: who kept or removed which view of which list."""
    owner = make.actor("store_owner")
    view = save(owner, shared=True)
    save(owner, query=CLOSED)
    remove(owner, view.id)
    saved = {"view": "Late ones", "list": "complaints"}
    assert recorded() == [
        (EventKind.VIEW_SAVED, owner.user_id, saved | {"shared": True}),
        (EventKind.VIEW_SAVED, owner.user_id, saved | {"shared": False}),
        (EventKind.VIEW_REMOVED, owner.user_id, saved),
    ]
    events = db.session.scalars(select(Event).where(Event.kind == EventKind.VIEW_SAVED))
    assert {one.store_id for one in events} == {make.store().id}


def _save_at_once(app: Flask, owner: Actor, query: str, make: Make, start: Barrier) -> None:
    with app.app_context(), tenancy.unscoped("a test"):
        place = make.store()
        start.wait()
        with transaction():
            saved_views.save(
                "complaints", "Mine", {"q": [query]}, place, owner, shared=False, now=make.clock()
            )


def test_two_tabs_that_save_the_same_name_at_once_leave_one_view(app: Flask, make: Make) -> None:
    """The later one replaces the first; neither meets an error."""
    owner, start = make.actor("agent"), Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(_save_at_once, app, owner, str(n), make, start) for n in range(4)]
        for job in jobs:
            job.result(timeout=60)
    assert len(everything()) == 1
    assert len(recorded()) == 4
