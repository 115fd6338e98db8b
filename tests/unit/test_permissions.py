"""Who may do what: every built-in role against the table, and what `may()` looks at (X-01, X-03)."""

from typing import Any

import pytest

from helpdesk.clock import now
from helpdesk.domain.errors import NotAllowed, NotFound
from helpdesk.domain.permissions import (
    BUILTIN_ROLES,
    SYSTEM,
    Actor,
    Permission,
    may,
    permissions_of,
    require,
)
from helpdesk.enums import ActorType, RoleScope, Team
from helpdesk.models import Delivery, Role, Ticket

P = Permission
PLATFORM = {"platform_admin", "platform_reviewer"}
MANAGERS = {"store_owner", "store_manager"}
MERCHANT = MANAGERS | {"agent"}
STORE = MERCHANT | {"analyst"}

# Permission → the roles that have it (domain 2.2).
TABLE: dict[Permission, set[str]] = {
    P.CANNED_REPLY_EDIT: MANAGERS | {"platform_admin"},
    P.COMPLAINT_ARCHIVE: {"platform_admin"},
    P.COMPLAINT_ASSIGN: MERCHANT,
    P.COMPLAINT_CLOSE: set(),
    P.COMPLAINT_LIST: PLATFORM | STORE,
    P.COMPLAINT_OVERSEE: MANAGERS,
    P.COMPLAINT_RATE: set(),
    P.COMPLAINT_READ: PLATFORM | STORE,
    P.COMPLAINT_REPLY: PLATFORM | MERCHANT,
    P.COMPLAINT_RESPOND: set(),
    P.COMPLAINT_REVIEW: PLATFORM,
    P.COMPLAINT_SORT: PLATFORM | MERCHANT,
    P.COMPLAINT_TRACK: set(),
    P.CONTACT_CHANGE: {"platform_admin"},
    P.CONTACT_READ: PLATFORM | MERCHANT,
    P.DELIVERY_LIST: MANAGERS | {"platform_admin"},
    P.DELIVERY_SEND: MANAGERS | {"platform_admin"},
    P.DESK_ENTER: STORE,
    P.LIST_EXPORT: PLATFORM | MANAGERS | {"analyst"},
    P.NOTE_READ: PLATFORM | STORE,
    P.NOTE_WRITE: PLATFORM | MERCHANT,
    P.PLATFORM_ENTER: PLATFORM | {"tech_support"},
    P.PLATFORM_SET: {"platform_admin"},
    P.VIEW_SHARE: MANAGERS | {"platform_admin"},
}
BEFORE_FORWARDING = {
    P.COMPLAINT_ASSIGN,
    P.COMPLAINT_READ,
    P.COMPLAINT_REPLY,
    P.COMPLAINT_SORT,
    P.NOTE_READ,
    P.NOTE_WRITE,
}


def staff(role: str, store_id: int | None = 1) -> Actor:
    at_platform = BUILTIN_ROLES[role].scope is RoleScope.PLATFORM
    return Actor(
        type=ActorType.STAFF,
        user_id=1,
        team=Team.PLATFORM if at_platform else Team.MERCHANT,
        store_id=None if at_platform else store_id,
        permissions=BUILTIN_ROLES[role].permissions,
    )


def complaint(**columns: Any) -> Ticket:
    return Ticket(**({"id": 7, "store_id": 1, "forwarded_at": now()} | columns))


@pytest.mark.parametrize("role", BUILTIN_ROLES)
def test_a_built_in_role_may_exactly_what_the_table_says(role: str) -> None:
    """X-03: whatever is stored in its row."""
    stored = Role(key=role, builtin=True, permissions=["complaint.close"])
    assert permissions_of(stored) == {one for one, roles in TABLE.items() if role in roles}


def test_the_table_names_every_permission() -> None:
    assert TABLE.keys() == set(Permission)
    assert list(Permission) == sorted(Permission)


def test_there_are_the_seven_roles_of_the_requirements() -> None:
    """X-03."""
    scopes = {role: built_in.scope.value for role, built_in in BUILTIN_ROLES.items()}
    assert scopes == dict.fromkeys((*PLATFORM, "tech_support"), "platform") | dict.fromkeys(
        STORE, "store"
    )


@pytest.mark.parametrize("role", sorted(STORE))
@pytest.mark.parametrize("permission", Permission)
def test_another_stores_things_do_not_exist(role: str, permission: Permission) -> None:
    """X-01."""
    actor = staff(role)
    for thing in (complaint(store_id=2), Delivery(id=7, store_id=2)):
        assert not may(actor, permission, thing)
        with pytest.raises(NotFound):
            require(actor, permission, thing)


@pytest.mark.parametrize("role", sorted(STORE))
@pytest.mark.parametrize("permission", Permission)
def test_the_store_waits_for_the_platform(role: str, permission: Permission) -> None:
    """S1-48: it may know of the complaint, and do nothing with it; then it may what its role says."""
    actor, has = staff(role), role in TABLE[permission]
    assert may(actor, permission, complaint()) == has
    allowed = has and permission not in BEFORE_FORWARDING
    assert may(actor, permission, complaint(forwarded_at=None)) == allowed
    if not allowed:
        with pytest.raises(NotAllowed):
            require(actor, permission, complaint(forwarded_at=None))


@pytest.mark.parametrize("permission", Permission)
def test_the_platform_works_for_every_store(permission: Permission) -> None:
    """X-02: reviewed or not."""
    has = "platform_admin" in TABLE[permission]
    for thing in (complaint(store_id=2), complaint(forwarded_at=None), None):
        assert may(staff("platform_admin"), permission, thing) == has


@pytest.mark.parametrize("permission", Permission)
def test_a_complainant_has_rights_on_their_own_complaint_alone(permission: Permission) -> None:
    contact = Actor(type=ActorType.CONTACT, ticket_ids=frozenset({7}))
    own = permission in {
        P.COMPLAINT_CLOSE,
        P.COMPLAINT_RATE,
        P.COMPLAINT_READ,
        P.COMPLAINT_RESPOND,
        P.COMPLAINT_TRACK,
    }
    assert may(contact, permission, complaint(forwarded_at=None)) == own
    assert not may(contact, permission, complaint(id=8))
    assert not may(contact, permission, Delivery(id=7, store_id=1))
    assert not may(contact, permission)
    if not own:
        with pytest.raises(NotAllowed):
            require(contact, permission, complaint())
    for thing in (complaint(id=8), Delivery(id=7, store_id=1)):
        with pytest.raises(NotFound):
            require(contact, permission, thing)


@pytest.mark.parametrize(
    "actor", [SYSTEM, Actor(type=ActorType.VISITOR, ticket_ids=frozenset({7}))]
)
@pytest.mark.parametrize("permission", Permission)
def test_who_proved_nothing_may_nothing(actor: Actor, permission: Permission) -> None:
    with pytest.raises(NotFound):
        require(actor, permission, complaint())
    with pytest.raises(NotAllowed):
        require(actor, permission)


def test_rights_slipped_to_somebody_who_is_no_staff_count_for_nothing() -> None:
    visitor = Actor(type=ActorType.VISITOR, permissions=frozenset(Permission), team=Team.PLATFORM)
    assert not any(may(visitor, one, complaint()) for one in Permission)


def test_who_may_is_let_through() -> None:
    require(staff("agent"), P.COMPLAINT_REPLY, complaint())
    require(staff("agent"), P.DESK_ENTER)
    with pytest.raises(NotAllowed):
        require(staff("analyst"), P.COMPLAINT_REPLY, complaint())
