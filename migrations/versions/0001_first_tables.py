"""The first tables, the platform's own row, the built-in roles, and the triggers that keep events unchanged."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


ROLES = (
    ("platform_admin", "Platform administrator", "platform"),
    ("platform_reviewer", "Platform reviewer", "platform"),
    ("tech_support", "IT support", "platform"),
    ("store_owner", "Store owner", "store"),
    ("store_manager", "Store manager", "store"),
    ("agent", "Support agent", "store"),
    ("analyst", "Analyst (read only)", "store"),
)
UNCHANGING = (
    "id",
    "store_id",
    "kind",
    "subject_type",
    "subject_id",
    "ticket_id",
    "was",
    "became",
    "actor_type",
    "actor_id",
    "actor_name",
    "ip_hash",
    "public",
    "data",
    "at",
)
"""Every column of an event but `dispatched_at`, which the worker writes."""


def add_first_rows() -> None:
    """The platform as a store row, and the roles that ship with every installation."""
    texts = (
        "kind",
        "slug",
        "name_en",
        "name_ar",
        "color",
        "currency",
        "country",
        "timezone",
        "default_lang",
    )
    store = sa.table(
        "store",
        *map(sa.column, texts),
        sa.column("workdays", sa.JSON),
        sa.column("holidays", sa.JSON),
        sa.column("is_active", sa.Boolean),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    op.bulk_insert(
        store,
        [
            {
                "kind": "platform",
                "slug": "platform",
                "name_en": "Platform",
                "name_ar": "المنصة",
                "color": "#3A5BA0",
                "currency": "SAR",
                "country": "SA",
                "timezone": "Asia/Riyadh",
                "default_lang": "en",
                "workdays": [6, 0, 1, 2, 3],
                "holidays": [],
                "is_active": True,
                "created_at": datetime.now(UTC),
            }
        ],
    )
    role = sa.table(
        "role",
        *map(sa.column, ("key", "name", "scope")),
        sa.column("permissions", sa.JSON),
        sa.column("builtin", sa.Boolean),
    )
    op.bulk_insert(
        role,
        [
            {"key": key, "name": name, "scope": scope, "permissions": [], "builtin": True}
            for key, name, scope in ROLES
        ],
    )


def forbid_changes() -> None:
    """Events are only ever added; the one exception is when the worker notes that it has seen one (X-04)."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER event_unchanging BEFORE UPDATE OF {', '.join(UNCHANGING)} ON event"
            " BEGIN SELECT RAISE(ABORT, 'events are never changed'); END"
        )
        op.execute(
            "CREATE TRIGGER event_undeletable BEFORE DELETE ON event"
            " BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'events are never changed or deleted'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER event_unchanging BEFORE UPDATE OF {', '.join(UNCHANGING)} ON event"
        " FOR EACH ROW EXECUTE FUNCTION event_is_append_only()"
    )
    op.execute(
        "CREATE TRIGGER event_undeletable BEFORE DELETE ON event"
        " FOR EACH ROW EXECUTE FUNCTION event_is_append_only()"
    )


def upgrade() -> None:
    create_tables()
    add_first_rows()
    forbid_changes()


def create_tables() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("principal", sa.String(length=80), nullable=False),
        sa.Column("route", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("response", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("principal", "route", "key", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index("ix_idempotency_key_created_at", ["created_at"], unique=False)

    op.create_table(
        "platform_setting",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_platform_setting")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=False),
        sa.Column("builtin", sa.Boolean(), nullable=False),
        sa.CheckConstraint("scope IN ('platform', 'store')", name=op.f("ck_role_scope_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("key", name=op.f("uq_role_key")),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("name_ar", sa.String(length=120), nullable=False),
        sa.Column("color", sa.String(length=7), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("default_lang", sa.String(length=40), nullable=False),
        sa.Column("workdays", sa.JSON(), nullable=False),
        sa.Column("holidays", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('store', 'platform')", name=op.f("ck_store_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("slug", name=op.f("uq_store_slug")),
    )
    with op.batch_alter_table("store", schema=None) as batch_op:
        batch_op.create_index(
            "uq_store_platform",
            ["kind"],
            unique=True,
            sqlite_where=sa.text("kind = 'platform'"),
            postgresql_where=sa.text("kind = 'platform'"),
        )

    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("lang", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("lang", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "type IN ('prospect', 'customer', 'vip')", name=op.f("ck_customer_type_known")
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_customer_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("store_id", "email_key", name=op.f("uq_customer_store_id_email_key")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_customer_store_id_id")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.Column("ip_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index("ix_login_session_user_id", ["user_id", "ended_at"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_membership_role_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_membership_store_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("user_id", "store_id", name=op.f("uq_membership_user_id_store_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index("ix_membership_role_id", ["role_id"], unique=False)
        batch_op.create_index("ix_membership_store_id", ["store_id", "user_id"], unique=False)

    op.create_table(
        "order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customer.store_id", "customer.id"],
            name=op.f("fk_order_store_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_order_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_order_store_id_id")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_order_store_id_number")),
    )
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_customer_id", ["store_id", "customer_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("tracking_hash", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("contact_email_key", sa.String(length=254), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=True),
        sa.Column("contact_lang", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("complaint_type", sa.String(length=40), nullable=True),
        sa.Column("desired_outcome", sa.String(length=40), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("order_number_text", sa.String(length=40), nullable=True),
        sa.Column("declaration_version", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declaration_lang", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("return_to", sa.String(length=40), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("handler_team", sa.String(length=40), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reply_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_public_message_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=40), nullable=True),
        sa.Column("close_reason", sa.String(length=40), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "handler_team IN ('merchant', 'platform')", name=op.f("ck_ticket_handler_team_known")
        ),
        sa.CheckConstraint(
            "kind <> 'complaint' OR status <> 'closed' OR coalesce(closed_by, '') = 'customer'",
            name=op.f("ck_ticket_complaint_closed_by_customer"),
        ),
        sa.CheckConstraint(
            "kind <> 'complaint' OR status NOT IN ('open', 'resolved')",
            name=op.f("ck_ticket_complaint_statuses"),
        ),
        sa.CheckConstraint(
            "kind IN ('complaint', 'self_service', 'support', 'chat', 'staff')",
            name=op.f("ck_ticket_kind_known"),
        ),
        sa.CheckConstraint(
            "priority IN ('low', 'normal', 'high', 'urgent')", name=op.f("ck_ticket_priority_known")
        ),
        sa.CheckConstraint(
            "source IN ('complaint_page', 'customer_portal', 'contact_form', 'self_service', 'self_service_auto', 'chat_widget', 'staff_chat', 'chat', 'staff')",
            name=op.f("ck_ticket_source_known"),
        ),
        sa.CheckConstraint(
            "status IN ('under_platform_review', 'open', 'pending_admin', 'pending_customer', 'resolved', 'closed')",
            name=op.f("ck_ticket_status_known"),
        ),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customer.store_id", "customer.id"],
            name=op.f("fk_ticket_store_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["order.store_id", "order.id"],
            name=op.f("fk_ticket_store_id_order_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_ticket_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_ticket_store_id_id")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_ticket_store_id_number")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_assignee_id",
            ["assignee_id", "store_id", "kind", "last_public_message_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_ticket_contact", ["contact_email_key", "created_at"], unique=False
        )
        batch_op.create_index("ix_ticket_created", ["kind", "created_at"], unique=False)
        batch_op.create_index(
            "ix_ticket_customer_id", ["store_id", "customer_id", "created_at", "id"], unique=False
        )
        batch_op.create_index("ix_ticket_order_id", ["store_id", "order_id"], unique=False)
        batch_op.create_index(
            "ix_ticket_recent", ["kind", "last_public_message_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_ticket_status", ["kind", "status", "last_public_message_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_ticket_store_recent",
            ["store_id", "kind", "last_public_message_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_ticket_store_status",
            ["store_id", "kind", "status", "last_public_message_at", "id"],
            unique=False,
        )

    op.create_table(
        "access_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "ticket_id"],
            ["ticket.store_id", "ticket.id"],
            name=op.f("fk_access_grant_store_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_access_grant_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
        sa.UniqueConstraint(
            "store_id",
            "ticket_id",
            "browser_hash",
            name=op.f("uq_access_grant_store_id_ticket_id_browser_hash"),
        ),
    )
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.create_index("ix_access_grant_browser_hash", ["browser_hash"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("was", sa.String(length=60), nullable=True),
        sa.Column("became", sa.String(length=60), nullable=True),
        sa.Column("actor_type", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("ip_hash", sa.String(length=64), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "subject_type IN ('ticket', 'user', 'delivery', 'store')",
            name=op.f("ck_event_subject_type_known"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_event_actor_id")),
        sa.ForeignKeyConstraint(
            ["store_id", "ticket_id"],
            ["ticket.store_id", "ticket.id"],
            name=op.f("fk_event_store_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_event_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_event_store_id_id")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_actor_id", ["actor_id", "id"], unique=False)
        batch_op.create_index(
            "ix_event_subject", ["store_id", "subject_type", "subject_id", "id"], unique=False
        )
        batch_op.create_index("ix_event_ticket_id", ["store_id", "ticket_id", "id"], unique=False)
        batch_op.create_index(
            "ix_event_undispatched",
            ["id"],
            unique=False,
            sqlite_where=sa.text("dispatched_at IS NULL"),
            postgresql_where=sa.text("dispatched_at IS NULL"),
        )

    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('main', 'notes', 'internal')", name=op.f("ck_thread_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "ticket_id"],
            ["ticket.store_id", "ticket.id"],
            name=op.f("fk_thread_store_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_thread_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_thread_store_id_id")),
    )
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.create_index(
            "ix_thread_ticket_id", ["store_id", "ticket_id", "kind"], unique=False
        )
        batch_op.create_index(
            "uq_thread_main",
            ["store_id", "ticket_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'main'"),
            postgresql_where=sa.text("kind = 'main'"),
        )

    op.create_table(
        "verification_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_to_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('view', 'close')", name=op.f("ck_verification_code_purpose_known")
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "ticket_id"],
            ["ticket.store_id", "ticket.id"],
            name=op.f("fk_verification_code_store_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_verification_code_store_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_code")),
    )
    with op.batch_alter_table("verification_code", schema=None) as batch_op:
        batch_op.create_index(
            "ix_verification_code_ticket_id",
            ["store_id", "ticket_id", "purpose", "created_at"],
            unique=False,
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("lang", sa.String(length=40), nullable=False),
        sa.Column("template_key", sa.String(length=60), nullable=False),
        sa.Column("sender_name", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.Column("dedup_key", sa.String(length=160), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("channel IN ('email')", name=op.f("ck_delivery_channel_known")),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'temporary_failure', 'permanent_failure', 'suppressed', 'held')",
            name=op.f("ck_delivery_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "event_id"],
            ["event.store_id", "event.id"],
            name=op.f("fk_delivery_store_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "ticket_id"],
            ["ticket.store_id", "ticket.id"],
            name=op.f("fk_delivery_store_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_delivery_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_delivery_dedup_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_delivery_store_id_id")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_due",
            ["run_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('queued', 'sending', 'temporary_failure')"),
            postgresql_where=sa.text("status IN ('queued', 'sending', 'temporary_failure')"),
        )
        batch_op.create_index("ix_delivery_event_id", ["store_id", "event_id"], unique=False)
        batch_op.create_index("ix_delivery_latest", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_delivery_recent", ["store_id", "created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_delivery_ticket_id", ["store_id", "ticket_id", "id"], unique=False
        )

    op.create_table(
        "event_secret",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "event_id"],
            ["event.store_id", "event.id"],
            name=op.f("fk_event_secret_store_id_event_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_event_secret_store_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_secret")),
    )
    with op.batch_alter_table("event_secret", schema=None) as batch_op:
        batch_op.create_index("ix_event_secret_event_id", ["store_id", "event_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("author_type", sa.String(length=40), nullable=False),
        sa.Column("author_customer_id", sa.Integer(), nullable=True),
        sa.Column("author_user_id", sa.Integer(), nullable=True),
        sa.Column("team", sa.String(length=40), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(author_type = 'staff' AND author_user_id IS NOT NULL AND team IS NOT NULL AND author_customer_id IS NULL) OR (author_type = 'customer' AND author_customer_id IS NOT NULL AND author_user_id IS NULL AND team IS NULL) OR (author_type IN ('contact', 'system') AND author_customer_id IS NULL AND author_user_id IS NULL AND team IS NULL)",
            name=op.f("ck_message_author_matches_type"),
        ),
        sa.CheckConstraint(
            "author_type IN ('customer', 'contact', 'staff', 'system')",
            name=op.f("ck_message_author_type_known"),
        ),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 12000", name=op.f("ck_message_body_length")),
        sa.ForeignKeyConstraint(
            ["author_user_id"], ["user.id"], name=op.f("fk_message_author_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "author_customer_id"],
            ["customer.store_id", "customer.id"],
            name=op.f("fk_message_store_id_author_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "thread_id"],
            ["thread.store_id", "thread.id"],
            name=op.f("fk_message_store_id_thread_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_message_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_message_store_id_id")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_author_customer_id", ["store_id", "author_customer_id"], unique=False
        )
        batch_op.create_index("ix_message_author_user_id", ["author_user_id"], unique=False)
        batch_op.create_index("ix_message_thread_id", ["store_id", "thread_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_thread_id")
        batch_op.drop_index("ix_message_author_user_id")
        batch_op.drop_index("ix_message_author_customer_id")

    op.drop_table("message")
    with op.batch_alter_table("event_secret", schema=None) as batch_op:
        batch_op.drop_index("ix_event_secret_event_id")

    op.drop_table("event_secret")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_ticket_id")
        batch_op.drop_index("ix_delivery_recent")
        batch_op.drop_index("ix_delivery_latest")
        batch_op.drop_index("ix_delivery_event_id")
        batch_op.drop_index(
            "ix_delivery_due",
            sqlite_where=sa.text("status IN ('queued', 'sending', 'temporary_failure')"),
            postgresql_where=sa.text("status IN ('queued', 'sending', 'temporary_failure')"),
        )

    op.drop_table("delivery")
    with op.batch_alter_table("verification_code", schema=None) as batch_op:
        batch_op.drop_index("ix_verification_code_ticket_id")

    op.drop_table("verification_code")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_thread_main",
            sqlite_where=sa.text("kind = 'main'"),
            postgresql_where=sa.text("kind = 'main'"),
        )
        batch_op.drop_index("ix_thread_ticket_id")

    op.drop_table("thread")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_event_undispatched",
            sqlite_where=sa.text("dispatched_at IS NULL"),
            postgresql_where=sa.text("dispatched_at IS NULL"),
        )
        batch_op.drop_index("ix_event_ticket_id")
        batch_op.drop_index("ix_event_subject")
        batch_op.drop_index("ix_event_actor_id")

    op.drop_table("event")
    with op.batch_alter_table("access_grant", schema=None) as batch_op:
        batch_op.drop_index("ix_access_grant_browser_hash")

    op.drop_table("access_grant")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_store_status")
        batch_op.drop_index("ix_ticket_store_recent")
        batch_op.drop_index("ix_ticket_status")
        batch_op.drop_index("ix_ticket_recent")
        batch_op.drop_index("ix_ticket_order_id")
        batch_op.drop_index("ix_ticket_customer_id")
        batch_op.drop_index("ix_ticket_created")
        batch_op.drop_index("ix_ticket_contact")
        batch_op.drop_index("ix_ticket_assignee_id")

    op.drop_table("ticket")
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.drop_index("ix_order_customer_id")

    op.drop_table("order")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index("ix_membership_store_id")
        batch_op.drop_index("ix_membership_role_id")

    op.drop_table("membership")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index("ix_login_session_user_id")

    op.drop_table("login_session")
    op.drop_table("customer")
    op.drop_table("user")
    op.drop_table("throttle")
    with op.batch_alter_table("store", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_store_platform",
            sqlite_where=sa.text("kind = 'platform'"),
            postgresql_where=sa.text("kind = 'platform'"),
        )

    op.drop_table("store")
    op.drop_table("role")
    op.drop_table("platform_setting")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index("ix_idempotency_key_created_at")

    op.drop_table("idempotency_key")
    op.drop_table("heartbeat")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION event_is_append_only()")
