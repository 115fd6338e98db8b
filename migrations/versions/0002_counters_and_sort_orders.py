"""Counters of tickets by status, and an index for every order in which lists can be sorted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "status_counter",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('complaint', 'self_service', 'support', 'chat', 'staff')",
            name=op.f("ck_status_counter_kind_known"),
        ),
        sa.CheckConstraint(
            "status IN ('under_platform_review', 'open', 'pending_admin', 'pending_customer', 'resolved', 'closed')",
            name=op.f("ck_status_counter_status_known"),
        ),
        sa.CheckConstraint("n >= 0", name=op.f("ck_status_counter_n_counts")),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_status_counter_store_id")
        ),
        sa.PrimaryKeyConstraint("store_id", "kind", "status", name=op.f("pk_status_counter")),
    )
    # What is there already, counted once.
    op.execute(
        "INSERT INTO status_counter (store_id, kind, status, n)"
        " SELECT store_id, kind, status, count(*) FROM ticket GROUP BY store_id, kind, status"
    )

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_store_status", ["store_id", "status", "created_at", "id"]
        )
        batch_op.create_index("ix_delivery_status", ["status", "created_at", "id"])
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_created"))
        batch_op.create_index("ix_ticket_created", ["kind", "created_at", "id"], unique=False)
        batch_op.create_index("ix_ticket_due", ["kind", "due_at", "id"], unique=False)
        batch_op.create_index(
            "ix_ticket_store_created", ["store_id", "kind", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_ticket_store_due", ["store_id", "kind", "due_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_ticket_store_waiting", ["store_id", "kind", "waiting_since", "id"], unique=False
        )
        batch_op.create_index("ix_ticket_waiting", ["kind", "waiting_since", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_status")
        batch_op.drop_index("ix_delivery_store_status")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_waiting")
        batch_op.drop_index("ix_ticket_store_waiting")
        batch_op.drop_index("ix_ticket_store_due")
        batch_op.drop_index("ix_ticket_store_created")
        batch_op.drop_index("ix_ticket_due")
        batch_op.drop_index("ix_ticket_created")
        batch_op.create_index(batch_op.f("ix_ticket_created"), ["kind", "created_at"], unique=False)

    op.drop_table("status_counter")
