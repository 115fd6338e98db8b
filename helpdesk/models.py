"""Every table: columns, constraints, relationships. No rules, no queries.

Sections follow the modules of `domain/`. A row that a store owns inherits `StoreOwned`; its links to other such
rows are composite (`store_key`), so a link across stores cannot be written by anybody.
"""

from datetime import datetime
from typing import Any

from flask_security.core import UserMixin
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from helpdesk.db import (
    Base,
    Json,
    Money,
    StoreOwned,
    UtcDateTime,
    Vocabulary,
    WordSet,
    store_key,
    store_key_index,
)
from helpdesk.enums import (
    ActorType,
    ArchiveReason,
    AuthorType,
    Channel,
    ClosedBy,
    CloseReason,
    CodePurpose,
    ComplaintType,
    CustomerType,
    Decision,
    DeliveryStatus,
    DesiredOutcome,
    DraftMode,
    EventKind,
    ExportFormat,
    ExportStatus,
    Lang,
    PresenceState,
    Priority,
    ResolutionType,
    RoleScope,
    Side,
    StoreKind,
    SubjectType,
    Team,
    ThreadKind,
    TicketKind,
    TicketSource,
    TicketStatus,
)

MESSAGE_LIMIT = 12_000
"""Characters of one message, counted as code points after CRLF→LF (S2-67, C13)."""
FILES_LIMIT = 5
"""Files of one message (S2-69)."""
FILE_NAME_LIMIT = 120
RESOLUTION_LIMIT = 500
COMMENT_LIMIT = 1000
TAG_LIMIT = 40


def one_of(column: str, words: type[Any]) -> CheckConstraint:
    """The database's own refusal of a word outside the vocabulary."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def where(condition: str) -> dict[str, Any]:
    """Which rows an index has, said to both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def usual_hours() -> dict[str, list[str]]:
    """Sunday to Thursday, nine to six (C53)."""
    return {str(day): ["09:00", "18:00"] for day in (6, 0, 1, 2, 3)}


# Stores and settings


class PlatformSetting(Base):
    """One setting of the whole installation."""

    __tablename__ = "platform_setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


class Store(Base):
    """A shop, or (one row of kind `platform`) the platform itself."""

    __tablename__ = "store"
    __table_args__ = (
        one_of("kind", StoreKind),
        Index("uq_store_platform", "kind", unique=True, **where("kind = 'platform'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[StoreKind] = mapped_column(Vocabulary(StoreKind), default=StoreKind.STORE)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name_en: Mapped[str] = mapped_column(String(120))
    name_ar: Mapped[str] = mapped_column(String(120))
    color: Mapped[str] = mapped_column(String(7), default="#3A5BA0")
    currency: Mapped[str] = mapped_column(String(3), default="SAR")
    country: Mapped[str] = mapped_column(String(2), default="SA")
    """Where telephone numbers without a country code are at home (ISO 3166-1)."""
    timezone: Mapped[str] = mapped_column(String(60), default="Asia/Riyadh")
    default_lang: Mapped[Lang] = mapped_column(Vocabulary(Lang), default=Lang.EN)
    business_hours: Mapped[dict[str, list[str]]] = mapped_column(Json, default=usual_hours)
    """Weekday (`"0"` is Monday) → opening and closing time, `["09:00", "18:00"]`; a day without an entry is closed."""
    holidays: Mapped[list[str]] = mapped_column(Json, default=list)
    """Closed days as ISO dates."""
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def name_in(self, lang: str) -> str:
        """The store's name for a reader of that language."""
        return self.name_ar if lang == Lang.AR else self.name_en


# People: staff, roles, sign-in sessions


class User(Base, UserMixin):
    """A member of staff. What they may do stands in their memberships."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    lang: Mapped[Lang] = mapped_column(Vocabulary(Lang), default=Lang.EN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")


class Role(Base):
    """A named set of permissions. What a built-in role may do stands in `domain/permissions.py`."""

    __tablename__ = "role"
    __table_args__ = (one_of("scope", RoleScope),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    scope: Mapped[RoleScope] = mapped_column(Vocabulary(RoleScope))
    permissions: Mapped[list[str]] = mapped_column(Json, default=list)
    builtin: Mapped[bool] = mapped_column(default=False)


class Membership(Base):
    """Who works where, and as what. It decides which stores a person may enter, so no store's scope limits it."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "store_id"),
        Index("ix_membership_store_id", "store_id", "user_id"),
        Index("ix_membership_role_id", "role_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("store.id"))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(back_populates="memberships")
    store: Mapped[Store] = relationship()
    role: Mapped[Role] = relationship()


class LoginSession(Base):
    """One signed-in browser of one member of staff. It lives here, so that it can be listed and ended."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_user_id", "user_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    agent: Mapped[str] = mapped_column(String(200))
    ip_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


# Customers and orders


class Customer(StoreOwned, Base):
    """A person in one store. The same person in two stores is two rows (C64)."""

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "email_key"),
        one_of("type", CustomerType),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    lang: Mapped[Lang] = mapped_column(Vocabulary(Lang))
    type: Mapped[CustomerType] = mapped_column(
        Vocabulary(CustomerType), default=CustomerType.PROSPECT
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Order(StoreOwned, Base):
    """An order as the shop reports it. Numbers are unique in one store only."""

    __tablename__ = "order"
    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "number"),
        store_key("customer", "customer_id"),
        store_key_index("order", "customer_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(String(40))
    total_minor: Mapped[int] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(String(3))
    items: Mapped[list[str]] = mapped_column(Json, default=list)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped[Customer] = relationship(
        primaryjoin=lambda: and_(
            Customer.store_id == Order.store_id, Customer.id == foreign(Order.customer_id)
        ),
    )


# Tickets


class Ticket(StoreOwned, Base):
    """One conversation of any kind: a complaint, a self-service or support ticket, a chat, a staff ticket."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "number"),
        one_of("kind", TicketKind),
        one_of("status", TicketStatus),
        one_of("source", TicketSource),
        one_of("priority", Priority),
        CheckConstraint(
            "urgency = CASE priority"
            " WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 WHEN 'low' THEN 3 END",
            name="urgency_of_priority",
        ),
        one_of("handler_team", Team),
        CheckConstraint(
            "kind <> 'complaint' OR status <> 'closed' OR coalesce(closed_by, '') = 'customer'",
            name="complaint_closed_by_customer",
        ),
        CheckConstraint(
            "kind <> 'complaint' OR status NOT IN ('open', 'resolved')", name="complaint_statuses"
        ),
        store_key("customer", "customer_id"),
        store_key("order", "order_id"),
        store_key("ticket", "follow_up_of_id"),
        store_key_index("ticket", "customer_id", "created_at", "id"),
        store_key_index("ticket", "order_id"),
        store_key_index("ticket", "follow_up_of_id"),
        Index("ix_ticket_store_recent", "store_id", "kind", "last_public_message_at", "id"),
        Index(
            "ix_ticket_store_status", "store_id", "kind", "status", "last_public_message_at", "id"
        ),
        Index("ix_ticket_recent", "kind", "last_public_message_at", "id"),
        Index("ix_ticket_status", "kind", "status", "last_public_message_at", "id"),
        Index("ix_ticket_store_created", "store_id", "kind", "created_at", "id"),
        Index("ix_ticket_created", "kind", "created_at", "id"),
        Index("ix_ticket_store_waiting", "store_id", "kind", "waiting_since", "id"),
        Index("ix_ticket_waiting", "kind", "waiting_since", "id"),
        Index("ix_ticket_store_due", "store_id", "kind", "due_at", "id"),
        Index("ix_ticket_due", "kind", "due_at", "id"),
        Index("ix_ticket_store_urgency", "store_id", "kind", "urgency", "id"),
        Index("ix_ticket_urgency", "kind", "urgency", "id"),
        Index(
            "ix_ticket_assignee_id",
            "assignee_id",
            "store_id",
            "kind",
            "last_public_message_at",
            "id",
        ),
        Index("ix_ticket_contact", "contact_email_key", "created_at"),
        Index(
            "ix_ticket_untold",
            "kind",
            "overdue_told_at",
            "due_at",
            "id",
            **where("overdue_told_at IS NULL AND due_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_due_soon",
            "kind",
            "warn_at",
            "id",
            **where("warn_at IS NOT NULL AND due_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_urgent_due",
            "kind",
            "urgent_due_at",
            "id",
            **where("urgent_due_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_store_urgent",
            "store_id",
            "kind",
            "urgent_due_at",
            "id",
            **where("urgent_due_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_unreminded",
            "kind",
            "reminded_days",
            "waiting_since",
            "id",
            **where("status = 'pending_customer'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TicketKind] = mapped_column(Vocabulary(TicketKind))
    number: Mapped[str] = mapped_column(String(20))
    tracking_hash: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[TicketSource] = mapped_column(Vocabulary(TicketSource))

    customer_id: Mapped[int | None] = mapped_column()
    contact_name: Mapped[str] = mapped_column(String(120))
    contact_email: Mapped[str] = mapped_column(String(254))
    contact_email_key: Mapped[str] = mapped_column(String(254))
    contact_phone: Mapped[str | None] = mapped_column(String(20))
    contact_lang: Mapped[Lang] = mapped_column(Vocabulary(Lang))
    subject: Mapped[str] = mapped_column(String(200))

    complaint_type: Mapped[ComplaintType | None] = mapped_column(Vocabulary(ComplaintType))
    desired_outcome: Mapped[DesiredOutcome | None] = mapped_column(Vocabulary(DesiredOutcome))
    order_id: Mapped[int | None] = mapped_column()
    order_number_text: Mapped[str | None] = mapped_column(String(40))
    follow_up_of_id: Mapped[int | None] = mapped_column()
    """The closed one of the same customer that this one goes on from (C25)."""
    declaration_version: Mapped[int | None] = mapped_column()
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declaration_lang: Mapped[Lang | None] = mapped_column(Vocabulary(Lang))

    status: Mapped[TicketStatus] = mapped_column(Vocabulary(TicketStatus))
    return_to: Mapped[TicketStatus | None] = mapped_column(Vocabulary(TicketStatus))
    """Where a customer's reply leads back to: the side that asked (C45)."""
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime)
    priority: Mapped[Priority] = mapped_column(Vocabulary(Priority), default=Priority.NORMAL)
    urgency: Mapped[int] = mapped_column(default=2)
    """The priority's place in the order of severity, 0 for urgent: lists are sorted by it."""
    handler_team: Mapped[Team] = mapped_column(Vocabulary(Team))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    version: Mapped[int] = mapped_column()
    """Counts the changes: of two writers who read the same row, the second fails instead of overwriting (X-11)."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    forwarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_public_message_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_left: Mapped[int | None] = mapped_column()
    """Business minutes that were left when the customer was asked; the clock goes on with them afterwards."""
    overdue_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When this due time was told to have passed; empty again with every new due time."""
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When three quarters of the time will have passed; empty once that was told, and where no time runs."""
    urgent_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it is next told to be urgent and nobody's; empty as long as it is not (C48)."""
    urgent_told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When that was last told."""
    reminded_days: Mapped[int] = mapped_column(default=0)
    """After how many days of this wait the customer was last reminded: 0, 3 or 7."""
    contact_changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archive_reason: Mapped[ArchiveReason | None] = mapped_column(Vocabulary(ArchiveReason))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[ClosedBy | None] = mapped_column(Vocabulary(ClosedBy))
    close_reason: Mapped[CloseReason | None] = mapped_column(Vocabulary(CloseReason))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it, nobody changes it

    store: Mapped[Store] = relationship(viewonly=True)
    assignee: Mapped[User | None] = relationship()
    customer: Mapped[Customer | None] = relationship(
        primaryjoin=lambda: and_(
            Customer.store_id == Ticket.store_id, Customer.id == foreign(Ticket.customer_id)
        ),
    )
    order: Mapped[Order | None] = relationship(
        primaryjoin=lambda: and_(
            Order.store_id == Ticket.store_id, Order.id == foreign(Ticket.order_id)
        ),
    )


class StatusCounter(StoreOwned, Base):
    """How many tickets of a kind have a status now; kept by the engine, so that no page has to count (P4)."""

    __tablename__ = "status_counter"
    __table_args__ = (
        PrimaryKeyConstraint("store_id", "kind", "status"),
        one_of("kind", TicketKind),
        one_of("status", TicketStatus),
        CheckConstraint("n >= 0", name="n_counts"),
    )

    kind: Mapped[TicketKind] = mapped_column(Vocabulary(TicketKind))
    status: Mapped[TicketStatus] = mapped_column(Vocabulary(TicketStatus))
    n: Mapped[int] = mapped_column(default=0)


class Thread(StoreOwned, Base):
    """A line of conversation with one circle of readers."""

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        one_of("kind", ThreadKind),
        store_key("ticket", "ticket_id"),
        store_key_index("thread", "ticket_id", "kind"),
        Index("uq_thread_main", "store_id", "ticket_id", unique=True, **where("kind = 'main'")),
        Index(
            "uq_thread_notes",
            "store_id",
            "ticket_id",
            "team",
            unique=True,
            **where("kind = 'notes'"),
        ),
        CheckConstraint("(kind = 'notes') = (team IS NOT NULL)", name="notes_have_a_team"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column()
    kind: Mapped[ThreadKind] = mapped_column(Vocabulary(ThreadKind))
    team: Mapped[Team | None] = mapped_column(Vocabulary(Team))
    """Whose notes they are; each side has a thread of its own."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(StoreOwned, Base):
    """One thing somebody said in a thread. Its author is exactly what `author_type` says."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        one_of("author_type", AuthorType),
        CheckConstraint(
            "(author_type = 'staff' AND author_user_id IS NOT NULL AND team IS NOT NULL"
            " AND author_customer_id IS NULL)"
            " OR (author_type = 'customer' AND author_customer_id IS NOT NULL AND author_user_id IS NULL"
            " AND team IS NULL)"
            " OR (author_type IN ('contact', 'system') AND author_customer_id IS NULL AND author_user_id IS NULL"
            " AND team IS NULL)",
            name="author_matches_type",
        ),
        CheckConstraint(f"length(body) <= {MESSAGE_LIMIT}", name="body_length"),
        # A customer may send files alone (S0-47); staff say something (S2-66).
        CheckConstraint(
            "length(body) > 0 OR author_type IN ('customer', 'contact')", name="body_said"
        ),
        one_of("resolution_type", ResolutionType),
        one_of("decision", Decision),
        store_key("thread", "thread_id"),
        store_key("customer", "author_customer_id"),
        store_key_index("message", "thread_id", "id"),
        store_key_index("message", "author_customer_id"),
        Index("ix_message_author_user_id", "author_user_id"),
        # A reply that was taken back leaves its id to nobody: "seen up to here" must not mean another text.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column()
    author_type: Mapped[AuthorType] = mapped_column(Vocabulary(AuthorType))
    author_customer_id: Mapped[int | None] = mapped_column()
    author_user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    team: Mapped[Team | None] = mapped_column(Vocabulary(Team))
    """For which side a member of staff spoke."""
    body: Mapped[str] = mapped_column(Text)
    lang: Mapped[Lang] = mapped_column(Vocabulary(Lang))
    resolution_type: Mapped[ResolutionType | None] = mapped_column(Vocabulary(ResolutionType))
    resolution_text: Mapped[str | None] = mapped_column(String(RESOLUTION_LIMIT))
    """What is proposed in one line ("120 SAR to your card"), or why the complaint is not valid."""
    decision: Mapped[Decision | None] = mapped_column(Vocabulary(Decision))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From when on the customer may read it: staff can take a reply back until then (S2-87)."""

    author_user: Mapped[User | None] = relationship()


class Attachment(StoreOwned, Base):
    """A file of a message. It may be fetched by whoever may read the message."""

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        UniqueConstraint("store_id", "message_id", "position"),
        CheckConstraint(f"position BETWEEN 1 AND {FILES_LIMIT}", name="at_most_five"),
        CheckConstraint("size > 0", name="not_empty"),
        store_key("message", "message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column()
    position: Mapped[int] = mapped_column()
    token: Mapped[str] = mapped_column(String(43), unique=True)
    """What addresses call it: random, so that nobody can count files."""
    name: Mapped[str] = mapped_column(String(FILE_NAME_LIMIT))
    """As people know it; on disk it has a random one."""
    stored_name: Mapped[str] = mapped_column(String(64), unique=True)
    thumb_name: Mapped[str | None] = mapped_column(String(64))
    """The small picture of an image."""
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column()
    """Bytes, as stored."""
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StagedUpload(StoreOwned, Base):
    """A file that was checked and waits for its form to be sent; it survives an error elsewhere in it."""

    __tablename__ = "staged_upload"
    __table_args__ = (
        Index("ix_staged_upload_created_at", "created_at"),
        Index("ix_staged_upload_owner", "store_id", "browser_hash"),
        CheckConstraint("size > 0", name="not_empty"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64))
    """The browser that brought it; no other may use or see it."""
    token: Mapped[str] = mapped_column(String(43), unique=True)
    name: Mapped[str] = mapped_column(String(FILE_NAME_LIMIT))
    stored_name: Mapped[str] = mapped_column(String(64), unique=True)
    thumb_name: Mapped[str | None] = mapped_column(String(64))
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column()
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HeldInterval(StoreOwned, Base):
    """A time during which one side had the ticket; the last one is open until the ticket ends."""

    __tablename__ = "held_interval"
    __table_args__ = (
        one_of("side", Side),
        store_key("ticket", "ticket_id"),
        store_key_index("held_interval", "ticket_id", "began_at"),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_it_began"),
        Index(
            "uq_held_interval_open",
            "store_id",
            "ticket_id",
            unique=True,
            **where("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column()
    side: Mapped[Side] = mapped_column(Vocabulary(Side))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Rating(StoreOwned, Base):
    """What the customer thinks of how it went, once a ticket."""

    __tablename__ = "rating"
    __table_args__ = (
        PrimaryKeyConstraint("store_id", "ticket_id"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="one_to_five"),
        store_key("ticket", "ticket_id"),
    )

    ticket_id: Mapped[int] = mapped_column()
    stars: Mapped[int] = mapped_column()
    comment: Mapped[str] = mapped_column(String(COMMENT_LIMIT), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Tag(StoreOwned, Base):
    """A word that a side sorts its tickets by; the platform's own tags belong to its own row."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("store_id", "id"), UniqueConstraint("store_id", "key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(TAG_LIMIT))
    key: Mapped[str] = mapped_column(String(TAG_LIMIT))
    """The name folded for comparing."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketTag(StoreOwned, Base):
    """A tag on a ticket of the same store."""

    __tablename__ = "ticket_tag"
    __table_args__ = (
        PrimaryKeyConstraint("store_id", "ticket_id", "tag_id"),
        store_key("ticket", "ticket_id"),
        store_key("tag", "tag_id"),
        store_key_index("ticket_tag", "tag_id", "ticket_id"),
    )

    ticket_id: Mapped[int] = mapped_column()
    tag_id: Mapped[int] = mapped_column()


class CannedReply(StoreOwned, Base):
    """A predefined response in two languages; the platform's own row has its own ones."""

    __tablename__ = "canned_reply"
    __table_args__ = (
        UniqueConstraint("store_id", "title"),
        Index("ix_canned_reply_author_id", "author_id"),
        Index("ix_canned_reply_used", "store_id", "use_count", "id"),
        Index("ix_canned_reply_changed", "store_id", "updated_at", "id"),
        CheckConstraint("use_count >= 0", name="use_count_counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    body_en: Mapped[str] = mapped_column(Text)
    body_ar: Mapped[str] = mapped_column(Text)
    use_count: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    author: Mapped[User | None] = relationship()


class Draft(StoreOwned, Base):
    """What a member of staff has typed and not sent yet (X-12)."""

    __tablename__ = "draft"
    __table_args__ = (
        PrimaryKeyConstraint("store_id", "ticket_id", "user_id", "mode"),
        one_of("mode", DraftMode),
        store_key("ticket", "ticket_id"),
        Index("ix_draft_user_id", "user_id"),
        Index("ix_draft_saved_at", "saved_at"),
    )

    ticket_id: Mapped[int] = mapped_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    mode: Mapped[DraftMode] = mapped_column(Vocabulary(DraftMode))
    body: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Presence(StoreOwned, Base):
    """Who has a ticket open just now, and whether they write."""

    __tablename__ = "presence"
    __table_args__ = (
        PrimaryKeyConstraint("store_id", "ticket_id", "user_id"),
        one_of("state", PresenceState),
        store_key("ticket", "ticket_id"),
        Index("ix_presence_user_id", "user_id"),
        Index("ix_presence_at", "at"),
    )

    ticket_id: Mapped[int] = mapped_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[PresenceState] = mapped_column(Vocabulary(PresenceState))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


class SearchDocument(StoreOwned, Base):
    """What one ticket is found by: its words, each with who may read it in front (`domain/search.py`).

    The indexes over `words` are the databases' own and stand in migration 0008 alone.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        store_key("ticket", "ticket_id"),
        store_key_index("search_document", "ticket_id"),
        Index(
            "ix_search_document_stale",
            "ticket_id",
            sqlite_where=text("stale = 1"),
            postgresql_where=text("stale"),
        ),
    )

    ticket_id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[frozenset[str]] = mapped_column(WordSet)
    stale: Mapped[bool] = mapped_column(default=False)
    """The worker still has to gather its words."""


# The record of facts


class Event(StoreOwned, Base):
    """A fact: the activity log, the audit log and the worker's inbox in one. A trigger forbids changing one."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        one_of("subject_type", SubjectType),
        store_key("ticket", "ticket_id"),
        store_key_index("event", "ticket_id", "id"),
        Index("ix_event_subject", "store_id", "subject_type", "subject_id", "id"),
        Index("ix_event_actor_id", "actor_id", "id"),
        Index("ix_event_undispatched", "id", **where("dispatched_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EventKind] = mapped_column(Vocabulary(EventKind))
    subject_type: Mapped[SubjectType] = mapped_column(Vocabulary(SubjectType))
    subject_id: Mapped[int] = mapped_column()
    ticket_id: Mapped[int | None] = mapped_column()
    was: Mapped[str | None] = mapped_column(String(60))
    became: Mapped[str | None] = mapped_column(String(60))
    actor_type: Mapped[ActorType] = mapped_column(Vocabulary(ActorType))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    ip_hash: Mapped[str | None] = mapped_column(String(64))
    public: Mapped[bool] = mapped_column(default=False)
    """Whether the customer may see it in the ticket's history."""
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    dispatch_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The worker leaves it alone until then: a reply can still be taken back."""
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EventSecret(StoreOwned, Base):
    """A code that an event's mail must carry, sealed; the dispatcher moves it into the delivery and deletes it."""

    __tablename__ = "event_secret"
    __table_args__ = (store_key("event", "event_id"), store_key_index("event_secret", "event_id"))

    event_id: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


# Codes, grants, throttles


class VerificationCode(StoreOwned, Base):
    """A six-digit code: hashed, for one purpose, one ticket, one mailbox and one browser."""

    __tablename__ = "verification_code"
    __table_args__ = (
        one_of("purpose", CodePurpose),
        store_key("ticket", "ticket_id"),
        store_key_index("verification_code", "ticket_id", "purpose", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column()
    purpose: Mapped[CodePurpose] = mapped_column(Vocabulary(CodePurpose))
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_to_hash: Mapped[str] = mapped_column(String(64))
    browser_hash: Mapped[str] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccessGrant(StoreOwned, Base):
    """One browser may read one ticket, until it has been idle for half an hour."""

    __tablename__ = "access_grant"
    __table_args__ = (
        UniqueConstraint("store_id", "ticket_id", "browser_hash"),
        store_key("ticket", "ticket_id"),
        Index("ix_access_grant_browser_hash", "browser_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column()
    browser_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Throttle(Base):
    """How often something happened lately, by hashed key. Kept here, so a restart forgets nothing."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(UtcDateTime)
    count: Mapped[int] = mapped_column()
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyKey(Base):
    """The first answer to a form, given again when the same form arrives twice (X-10)."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_created_at", "created_at"),)

    principal: Mapped[str] = mapped_column(String(80), primary_key=True)
    route: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    response: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


# Outgoing messages and the worker


class Delivery(StoreOwned, Base):
    """One message to one recipient: written with its cause's dispatch, sent by the worker, never lost."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("store_id", "id"),
        one_of("status", DeliveryStatus),
        one_of("channel", Channel),
        store_key("event", "event_id"),
        store_key("ticket", "ticket_id"),
        store_key_index("delivery", "event_id"),
        store_key_index("delivery", "ticket_id", "id"),
        Index("ix_delivery_recent", "store_id", "created_at", "id"),
        Index("ix_delivery_latest", "created_at", "id"),
        Index("ix_delivery_store_status", "store_id", "status", "created_at", "id"),
        Index("ix_delivery_status", "status", "created_at", "id"),
        Index(
            "ix_delivery_due",
            "run_at",
            "id",
            **where("status IN ('queued', 'sending', 'temporary_failure')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int | None] = mapped_column()
    ticket_id: Mapped[int | None] = mapped_column()
    channel: Mapped[Channel] = mapped_column(Vocabulary(Channel))
    recipient: Mapped[str] = mapped_column(String(254))
    lang: Mapped[Lang] = mapped_column(Vocabulary(Lang))
    template_key: Mapped[str] = mapped_column(String(60))
    sender_name: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(300))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(Text)
    """A code, sealed; put into the text only while sending, then wiped (demo mode keeps it to show it)."""
    status: Mapped[DeliveryStatus] = mapped_column(
        Vocabulary(DeliveryStatus), default=DeliveryStatus.QUEUED
    )
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """After this moment it is dropped rather than sent late."""
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(300))
    dedup_key: Mapped[str] = mapped_column(String(160), unique=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Notification(StoreOwned, Base):
    """Something a member of staff is told inside the back office of one place of work."""

    __tablename__ = "notification"
    __table_args__ = (
        store_key("event", "event_id"),
        store_key_index("notification", "event_id"),
        Index("ix_notification_recent", "user_id", "store_id", "created_at", "id"),
        Index("ix_notification_unread", "user_id", "store_id", "about", **where("read_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    event_id: Mapped[int | None] = mapped_column()
    template_key: Mapped[str] = mapped_column(String(60))
    about: Mapped[str | None] = mapped_column(String(80))
    """`<store>/<number>` of the ticket it is about."""
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    dedup_key: Mapped[str] = mapped_column(String(160), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Heartbeat(Base):
    """When a background part was last alive."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


# Lists: the views people keep, and what they take out


class SavedView(StoreOwned, Base):
    """A list's search, filters, order and columns under a name. It belongs to a person in one place of work."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("store_id", "user_id", "list", "name"),
        Index("ix_saved_view_list", "store_id", "list", "user_id"),
        Index("ix_saved_view_user_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    list: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[dict[str, Any]] = mapped_column(Json)
    """The address's stable names and their values: `{"status": ["pending_admin"]}`."""
    shared: Mapped[bool] = mapped_column(default=False)
    """Whether everybody who works there sees it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Export(StoreOwned, Base):
    """A list being written to a file by the worker, because it is too long to wait for."""

    __tablename__ = "export"
    __table_args__ = (
        one_of("format", ExportFormat),
        one_of("status", ExportStatus),
        Index("ix_export_recent", "store_id", "user_id", "created_at", "id"),
        Index("ix_export_user_id", "user_id"),
        Index("ix_export_due", "id", **where("status IN ('queued', 'running')")),
        Index("ix_export_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    list: Mapped[str] = mapped_column(String(40))
    query: Mapped[dict[str, Any]] = mapped_column(Json)
    format: Mapped[ExportFormat] = mapped_column(Vocabulary(ExportFormat))
    lang: Mapped[Lang] = mapped_column(Vocabulary(Lang))
    status: Mapped[ExportStatus] = mapped_column(
        Vocabulary(ExportStatus), default=ExportStatus.QUEUED
    )
    rows_written: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file_name: Mapped[str | None] = mapped_column(String(80))
    """Its random name in the storage; people never see it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Then the file is deleted."""
