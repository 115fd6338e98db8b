"""Who may do what: `may()` is the one place that says yes.

Permissions are named `<thing>.<verb>` and kept sorted. Roles are data (`models.Role`); what the built-in ones
may do stands here, so an upgrade never leaves a role behind. Source: the roles and permissions of X-03.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from helpdesk.db import StoreOwned
from helpdesk.domain.errors import NotAllowed, NotFound
from helpdesk.enums import ActorType, RoleScope, Team
from helpdesk.models import Role, Ticket
from helpdesk.words import N_


class Permission(StrEnum):
    """Everything that can be allowed. A value is stored in roles: never rename one."""

    CANNED_REPLY_EDIT = "canned_reply.edit"
    COMPLAINT_ARCHIVE = "complaint.archive"
    COMPLAINT_ASSIGN = "complaint.assign"
    COMPLAINT_CLOSE = "complaint.close"
    COMPLAINT_LIST = "complaint.list"
    COMPLAINT_OVERSEE = "complaint.oversee"
    COMPLAINT_RATE = "complaint.rate"
    COMPLAINT_READ = "complaint.read"
    COMPLAINT_REPLY = "complaint.reply"
    COMPLAINT_RESPOND = "complaint.respond"
    COMPLAINT_REVIEW = "complaint.review"
    COMPLAINT_SORT = "complaint.sort"
    COMPLAINT_TRACK = "complaint.track"
    CONTACT_CHANGE = "contact.change"
    CONTACT_READ = "contact.read"
    DELIVERY_LIST = "delivery.list"
    DELIVERY_SEND = "delivery.send"
    DESK_ENTER = "desk.enter"
    LIST_EXPORT = "list.export"
    NOTE_READ = "note.read"
    NOTE_WRITE = "note.write"
    PLATFORM_ENTER = "platform.enter"
    PLATFORM_SET = "platform.set"
    VIEW_SHARE = "view.share"


P = Permission
_READING = {P.DESK_ENTER, P.COMPLAINT_LIST, P.COMPLAINT_READ, P.NOTE_READ}
_AGENT = _READING | {
    P.COMPLAINT_REPLY,
    P.COMPLAINT_ASSIGN,
    P.COMPLAINT_SORT,
    P.CONTACT_READ,
    P.NOTE_WRITE,
}
_MANAGER = _AGENT | {
    P.CANNED_REPLY_EDIT,
    P.COMPLAINT_OVERSEE,
    P.DELIVERY_LIST,
    P.DELIVERY_SEND,
    P.LIST_EXPORT,
    P.VIEW_SHARE,
}
_REVIEWER = {
    P.PLATFORM_ENTER,
    P.COMPLAINT_LIST,
    P.COMPLAINT_READ,
    P.COMPLAINT_REPLY,
    P.COMPLAINT_REVIEW,
    P.COMPLAINT_SORT,
    P.CONTACT_READ,
    P.LIST_EXPORT,
    P.NOTE_READ,
    P.NOTE_WRITE,
}
_ADMINISTRATOR = _REVIEWER | {
    P.CANNED_REPLY_EDIT,
    P.COMPLAINT_ARCHIVE,
    P.CONTACT_CHANGE,
    P.DELIVERY_LIST,
    P.DELIVERY_SEND,
    P.PLATFORM_SET,
    P.VIEW_SHARE,
}


@dataclass(frozen=True)
class BuiltinRole:
    """A role that ships with every installation."""

    name: str
    scope: RoleScope
    permissions: frozenset[Permission]


BUILTIN_ROLES = {
    "platform_admin": BuiltinRole(
        N_("Platform administrator"),
        RoleScope.PLATFORM,
        frozenset(_ADMINISTRATOR),
    ),
    "platform_reviewer": BuiltinRole(
        N_("Platform reviewer"), RoleScope.PLATFORM, frozenset(_REVIEWER)
    ),
    "tech_support": BuiltinRole(
        N_("IT support"), RoleScope.PLATFORM, frozenset({P.PLATFORM_ENTER})
    ),
    "store_owner": BuiltinRole(N_("Store owner"), RoleScope.STORE, frozenset(_MANAGER)),
    "store_manager": BuiltinRole(N_("Store manager"), RoleScope.STORE, frozenset(_MANAGER)),
    "agent": BuiltinRole(N_("Support agent"), RoleScope.STORE, frozenset(_AGENT)),
    "analyst": BuiltinRole(
        N_("Analyst (read only)"), RoleScope.STORE, frozenset(_READING | {P.LIST_EXPORT})
    ),
}
_CONTACT = frozenset(
    {
        P.COMPLAINT_CLOSE,
        P.COMPLAINT_RATE,
        P.COMPLAINT_READ,
        P.COMPLAINT_RESPOND,
        P.COMPLAINT_TRACK,
    }
)
_AFTER_FORWARDING = {
    P.COMPLAINT_ASSIGN,
    P.COMPLAINT_READ,
    P.COMPLAINT_REPLY,
    P.COMPLAINT_SORT,
    P.NOTE_READ,
    P.NOTE_WRITE,
}
"""What a merchant may do with a complaint only once the platform has forwarded it."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, and with which rights.

    Staff act for one side: in a store's desk with that store's membership alone, on the platform's pages with the
    platform's. A contact has proven number, tracking code and mailbox of the tickets named here.
    """

    type: ActorType
    name: str = ""
    user_id: int | None = None
    team: Team | None = None
    store_id: int | None = None
    """The one store these rights are for; None together with the team `platform` means every store."""
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    ticket_ids: frozenset[int] = field(default_factory=frozenset)
    ip_hash: str | None = None
    browser_hash: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether a member of staff acts."""
        return self.type is ActorType.STAFF


SYSTEM = Actor(type=ActorType.SYSTEM)


def permissions_of(role: Role) -> frozenset[Permission]:
    """What a role allows; unknown words in a hand-made role allow nothing."""
    if role.builtin:
        return BUILTIN_ROLES[role.key].permissions
    return frozenset(Permission(word) for word in role.permissions if word in set(Permission))


def may(actor: Actor, permission: Permission, thing: StoreOwned | None = None) -> bool:
    """Whether `actor` may do this (to `thing`). Everything not said here is refused."""
    if actor.type is ActorType.CONTACT:
        return isinstance(thing, Ticket) and thing.id in actor.ticket_ids and permission in _CONTACT
    if not actor.is_staff or permission not in actor.permissions:
        return False
    if actor.team is Team.PLATFORM or thing is None:
        return True
    if thing.store_id != actor.store_id:
        return False
    return not (
        isinstance(thing, Ticket) and permission in _AFTER_FORWARDING and thing.forwarded_at is None
    )


def require(actor: Actor, permission: Permission, thing: StoreOwned | None = None) -> None:
    """Refuse unless `may()` says yes.

    Raises:
        NotFound: when the actor may not even know of the thing.
        NotAllowed: when they may, but not do this to it.
    """
    if may(actor, permission, thing):
        return
    if thing is not None and not _may_know_of(actor, thing):
        raise NotFound
    raise NotAllowed


def _may_know_of(actor: Actor, thing: StoreOwned) -> bool:
    if actor.type is ActorType.CONTACT:
        return isinstance(thing, Ticket) and thing.id in actor.ticket_ids
    return actor.is_staff and (actor.team is Team.PLATFORM or thing.store_id == actor.store_id)
