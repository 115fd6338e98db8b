"""In-app notices for staff, and their channel among the deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("template_key", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("dedup_key", sa.String(length=160), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "event_id"],
            ["event.store_id", "event.id"],
            name=op.f("fk_notification_store_id_event_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_notification_store_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notification_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_notification_dedup_key")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_event_id", ["store_id", "event_id"], unique=False)
        batch_op.create_index(
            "ix_notification_recent", ["user_id", "store_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_notification_unread",
            ["user_id", "store_id", "about"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )

    with op.batch_alter_table("delivery") as batch_op:
        batch_op.drop_constraint(op.f("ck_delivery_channel_known"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_delivery_channel_known"), "channel IN ('email', 'in_app')"
        )


def downgrade() -> None:
    op.execute("DELETE FROM delivery WHERE channel = 'in_app'")
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.drop_constraint(op.f("ck_delivery_channel_known"), type_="check")
        batch_op.create_check_constraint(op.f("ck_delivery_channel_known"), "channel IN ('email')")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notification_unread",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index("ix_notification_recent")
        batch_op.drop_index("ix_notification_event_id")

    op.drop_table("notification")
