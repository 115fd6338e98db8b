"""Staff: who they are, where they work and as what."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from helpdesk import normalise, vault
from helpdesk.db import db
from helpdesk.domain import contacts, stores, timeline
from helpdesk.domain.errors import Invalid, NotFound
from helpdesk.domain.permissions import Actor, Permission, permissions_of
from helpdesk.enums import ActorType, EventKind, Lang, RoleScope, StoreKind, Team
from helpdesk.models import Membership, Role, Store, User
from helpdesk.words import N_

PASSWORD_MIN = 10
PASSWORD_MAX = 200

# Put together once, for they are asked for on every page.
_MEMBERSHIPS = (
    select(Membership)
    .join(Membership.store)
    .where(Membership.user_id == bindparam("person"), Store.is_active)
    .options(contains_eager(Membership.store), joinedload(Membership.role))
    .order_by(Store.kind, Store.name_en)
)
_STAFF = (
    select(User, Role)
    .select_from(Membership)
    .join(Membership.user)
    .join(Membership.role)
    .join(Membership.store)
    .where(Membership.store_id == bindparam("place"), User.active, Store.is_active)
    .order_by(User.name, User.id)
)


def find_by_email(email: str) -> User | None:
    """The account of this address, also a deactivated one."""
    return db.session.scalar(select(User).where(User.email == normalise.email_key(email)))


def memberships(user: User) -> list[Membership]:
    """Where the person works: active stores, the platform's row first if it is among them."""
    return list(db.session.scalars(_MEMBERSHIPS, {"person": user.id}))


def acting_in(
    user: User,
    store: Store,
    *,
    ip_hash: str,
    browser_hash: str = "",
    among: list[Membership] | None = None,
) -> Actor:
    """The person with the rights of one membership alone. `among` are their memberships, where they are known.

    Raises:
        NotFound: they do not work there; the place answers as if it did not exist.
    """
    places = memberships(user) if among is None else among
    membership = next((one for one in places if one.store_id == store.id), None)
    if membership is None or not user.active:
        raise NotFound
    at_platform = store.kind is StoreKind.PLATFORM
    return Actor(
        type=ActorType.STAFF,
        name=user.name,
        user_id=user.id,
        team=Team.PLATFORM if at_platform else Team.MERCHANT,
        store_id=None if at_platform else store.id,
        permissions=permissions_of(membership.role),
        ip_hash=ip_hash,
        browser_hash=browser_hash,
    )


def staff_with(permission: Permission, store_id: int) -> list[User]:
    """Active staff of one store (or of the platform's row) whose role allows this, by name."""
    staff = db.session.execute(_STAFF, {"place": store_id})
    return [user for user, role in staff if permission in permissions_of(role)]


def create(
    email: str,
    name: str,
    password_hash: str,
    store: Store,
    role_key: str,
    *,
    actor: Actor,
    lang: Lang,
    now: datetime,
) -> User:
    """Make an account (or take the one of this address) and give it a role in `store`.

    Raises:
        Invalid: the address or name cannot be used, the role belongs elsewhere, or they work there already.
    """
    address = normalise.email_key(contacts.read_email(email))
    user = find_by_email(address)
    if user is None:
        user = User(
            email=address,
            name=contacts.read_name(name),
            password=password_hash,
            fs_uniquifier=vault.new_token(),
            lang=lang,
            created_at=now,
        )
        db.session.add(user)
        db.session.flush()
        timeline.record(EventKind.USER_CREATED, actor, user, now=now, data={"role": role_key})
    _join(user, store, role_key, now=now)
    return user


def check_password(password: str, again: str) -> None:
    """Refuse a new password that is too short or mistyped.

    Raises:
        Invalid: fewer than 10 or more than 200 characters, or the two differ.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise Invalid(
            N_("A password has %(least)s to %(most)s characters."),
            field="password",
            least=PASSWORD_MIN,
            most=PASSWORD_MAX,
        )
    if password != again:
        raise Invalid(N_("The two passwords are not the same."), field="again")


def set_password(user: User, password_hash: str, actor: Actor, *, now: datetime) -> None:
    """Give the account a new password; every session and reset link made with the old one dies."""
    user.password = password_hash
    user.fs_uniquifier = vault.new_token()
    timeline.record(EventKind.PASSWORD_CHANGED, actor, user, now=now)


def as_self(user: User, *, ip_hash: str) -> Actor:
    """The person acting on their own account, with no rights on anything else."""
    return Actor(type=ActorType.STAFF, name=user.name, user_id=user.id, ip_hash=ip_hash)


def _join(user: User, store: Store, role_key: str, *, now: datetime) -> None:
    role = db.session.scalar(select(Role).where(Role.key == role_key))
    scope = RoleScope.PLATFORM if store.kind is StoreKind.PLATFORM else RoleScope.STORE
    if role is None or role.scope is not scope:
        raise Invalid(N_("This role does not exist here."), field="role")
    there = select(Membership.id).where(
        Membership.user_id == user.id, Membership.store_id == store.id
    )
    if db.session.scalar(there) is not None:
        raise Invalid(N_("This person works here already."), field="email")
    db.session.add(Membership(user_id=user.id, store_id=store.id, role_id=role.id, created_at=now))
    db.session.flush()


def platform_home(user: User) -> Membership | None:
    """The membership that lets the person onto the platform's pages, if there is one."""
    platform = stores.platform()
    return next((one for one in memberships(user) if one.store_id == platform.id), None)
