"""Staff: who they are, where they work, as what, and who may be made responsible (X-03, C26)."""

from typing import Any

import pytest
from sqlalchemy import func, select

from helpdesk.db import db, transaction
from helpdesk.domain import members, tickets, timeline
from helpdesk.domain.errors import Invalid, NotFound
from helpdesk.domain.permissions import BUILTIN_ROLES, SYSTEM, Actor, Permission
from helpdesk.enums import EventKind, Lang, RoleScope, Team, TicketStatus
from helpdesk.models import Membership, Role, Store, User
from tests.fixtures.factory import Make

P = Permission


def hire(make: Make, email: str, role: str, store: Store | None = None, name: str = "Sara") -> User:
    place = store or make.store()
    with transaction():
        return members.create(
            email, name, "hash", place, role, actor=SYSTEM, lang=Lang.AR, now=make.clock()
        )


def acting(user: User, store: Store) -> Actor:
    return members.acting_in(user, store, ip_hash="ip", browser_hash="browser")


def test_an_account_is_made_once_an_address(make: Make) -> None:
    """One person may work in several stores."""
    first = hire(make, " Sara@Example.com ", "agent")
    again = hire(make, "sara@example.COM", "analyst", make.store("other"), name="Somebody else")
    assert again is first
    assert (first.email, first.name, first.lang) == ("sara@example.com", "Sara", Lang.AR)
    assert members.find_by_email("SARA@example.com") is first
    assert [one.store.slug for one in members.memberships(first)] == ["noor", "other"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "platform_admin"}, "role"),
        ({"role": "no such role"}, "role"),
        ({"email": "nobody"}, None),
        ({"name": "\u200b"}, None),
    ],
)
def test_a_person_is_not_hired_with_what_does_not_exist_there(
    make: Make, changes: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(Invalid) as refused:
        hire(make, **{"email": "sara@example.com", "role": "agent", **changes})
    assert refused.value.field == field
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_a_store_role_is_not_given_on_the_platform(make: Make) -> None:
    with pytest.raises(Invalid):
        hire(make, "sara@example.com", "store_owner", make.platform())


def test_nobody_is_hired_twice_in_one_place(make: Make) -> None:
    hire(make, "sara@example.com", "analyst")
    with pytest.raises(Invalid) as refused:
        hire(make, "sara@example.com", "store_owner")
    assert refused.value.field == "email"
    user = members.find_by_email("sara@example.com")
    assert user is not None
    assert [one.role.key for one in members.memberships(user)] == ["analyst"]


@pytest.mark.parametrize("role", BUILTIN_ROLES)
def test_a_member_acts_with_the_rights_of_one_membership_alone(make: Make, role: str) -> None:
    """X-03."""
    user = make.user(role)
    place = members.memberships(user)[0].store
    actor = acting(user, place)
    at_platform = BUILTIN_ROLES[role].scope is RoleScope.PLATFORM
    assert actor.permissions == BUILTIN_ROLES[role].permissions
    assert actor.team is (Team.PLATFORM if at_platform else Team.MERCHANT)
    assert actor.store_id == (None if at_platform else place.id)
    assert (actor.user_id, actor.ip_hash, actor.browser_hash) == (user.id, "ip", "browser")
    assert (members.platform_home(user) is not None) == at_platform


def test_where_somebody_does_not_work_does_not_exist(make: Make) -> None:
    """X-01: also after they left, and after the store closed."""
    user, other = make.user(), make.store("other")
    for place in (other, make.platform()):
        with pytest.raises(NotFound):
            acting(user, place)
    make.store("noor", is_active=False)
    with pytest.raises(NotFound):
        acting(user, db.session.scalars(select(Store).where(Store.slug == "noor")).one())


def test_a_deactivated_person_acts_nowhere(make: Make) -> None:
    user = make.user(active=False)
    with pytest.raises(NotFound):
        acting(user, make.store())


def test_on_their_own_account_a_person_has_no_rights_on_anything_else(make: Make) -> None:
    user = make.user("store_owner")
    actor = members.as_self(user, ip_hash="ip")
    assert (actor.user_id, actor.permissions, actor.store_id, actor.team) == (
        user.id,
        frozenset(),
        None,
        None,
    )


def test_the_platform_comes_first(make: Make) -> None:
    user = hire(make, "sara@example.com", "agent")
    hire(make, "sara@example.com", "agent", make.store("alpha"))
    hire(make, "sara@example.com", "platform_reviewer", make.platform())
    assert [one.store.slug for one in members.memberships(user)] == ["platform", "alpha", "noor"]


def test_a_role_made_by_hand_gives_what_it_ticks(make: Make) -> None:
    """X-03: and unknown words give nothing."""
    ticked = ["complaint.reply", "complaint.eat"]
    with transaction() as session:
        session.add(Role(key="helper", name="Helper", scope=RoleScope.STORE, permissions=ticked))
    user = hire(make, "sara@example.com", "helper")
    assert acting(user, make.store()).permissions == {P.COMPLAINT_REPLY}
    assert members.staff_with(P.COMPLAINT_REPLY, make.store().id) == [user]


def test_those_who_may_be_made_responsible(make: Make) -> None:
    """C26: active staff of this store who may answer; nobody else, and by name."""
    zoe, adam = make.user("agent", name="Zoe"), make.user("store_owner", name="Adam")
    outsiders = [
        make.user("analyst"),
        make.user("agent", active=False),
        make.user("agent", make.store("other")),
        make.user("platform_admin"),
    ]
    filed = make.complaint(TicketStatus.PENDING_ADMIN)
    manager = make.acting(adam)
    assert tickets.assignable(filed.ticket) == [adam, zoe]
    facts = len(timeline.of_ticket(filed.ticket, public_only=False))
    for chosen in [*(one.id for one in outsiders), 10**6]:
        with pytest.raises(Invalid) as refused, transaction():
            tickets.assign(filed.ticket, chosen, manager, now=make.clock())
        assert refused.value.field == "assignee"
    db.session.rollback()
    assert filed.ticket.assignee is None
    assert len(timeline.of_ticket(filed.ticket, public_only=False)) == facts


def test_making_somebody_responsible_is_a_fact(make: Make) -> None:
    """X-04: from whom to whom; the same choice again is none."""
    zoe, adam = make.user("agent", name="Zoe"), make.user("agent", name="Adam")
    filed, owner = make.complaint(TicketStatus.PENDING_ADMIN), make.actor("store_owner")
    for chosen in (zoe.id, adam.id, adam.id, None):
        with transaction():
            tickets.assign(filed.ticket, chosen, owner, now=make.clock())
    facts = [
        (one.was, one.became, one.data["assignee_id"])
        for one in timeline.of_ticket(filed.ticket, public_only=False)
        if one.kind is EventKind.TICKET_ASSIGNED
    ]
    assert facts == [(None, "Zoe", zoe.id), ("Zoe", "Adam", adam.id), ("Adam", None, None)]
    assert filed.ticket.assignee is None


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("short", "short", "password"),
        ("a" * 9, "a" * 9, "password"),
        ("a" * 201, "a" * 201, "password"),
        ("correct horse", "correct horze", "again"),
    ],
)
def test_a_password_that_is_too_short_or_mistyped_is_refused(
    password: str, again: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        members.check_password(password, again)
    assert refused.value.field == field


@pytest.mark.parametrize("password", ["a" * 10, "a" * 200, "كلمة سر طويلة"])
def test_any_long_password_is_accepted(password: str) -> None:
    members.check_password(password, password)


def test_a_new_password_ends_what_the_old_one_opened(make: Make) -> None:
    """Security, sessions: Flask-Security's links and sessions hang on this token."""
    user = make.user()
    before = user.fs_uniquifier
    with transaction():
        members.set_password(
            user, "new hash", members.as_self(user, ip_hash="ip"), now=make.clock()
        )
    assert user.password == "new hash"
    assert user.fs_uniquifier != before
    assert db.session.scalar(select(func.count()).select_from(Membership)) == 1
