"""Urgent complaints that are nobody's, the word before a time runs out, and complaints that go on from closed ones.

A time that runs already is not warned of: which part of it has passed is not known here. Urgent complaints that are
nobody's are told at the next look.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENTS = ("warn_at", "urgent_due_at", "urgent_told_at")
URGENT = "urgent_due_at IS NOT NULL"
INDEXES = {
    "ix_ticket_due_soon": (
        ["kind", "warn_at", "id"],
        "warn_at IS NOT NULL AND due_at IS NOT NULL",
    ),
    "ix_ticket_urgent_due": (["kind", "urgent_due_at", "id"], URGENT),
    "ix_ticket_store_urgent": (["store_id", "kind", "urgent_due_at", "id"], URGENT),
}
FOLLOW_UP = "fk_ticket_store_id_follow_up_of_id"


def upgrade() -> None:
    with op.batch_alter_table("ticket") as batch_op:
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("follow_up_of_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f(FOLLOW_UP), "ticket", ["store_id", "follow_up_of_id"], ["store_id", "id"]
        )
        batch_op.create_index("ix_ticket_follow_up_of_id", ["store_id", "follow_up_of_id"])
        for name, (columns, condition) in INDEXES.items():
            batch_op.create_index(
                name,
                columns,
                sqlite_where=sa.text(condition),
                postgresql_where=sa.text(condition),
            )
    op.execute(
        "UPDATE ticket SET urgent_due_at = waiting_since"
        " WHERE kind = 'complaint' AND priority = 'urgent' AND assignee_id IS NULL AND archived_at IS NULL"
        " AND (status = 'under_platform_review' OR (forwarded_at IS NOT NULL AND status <> 'closed'))"
    )


def downgrade() -> None:
    with op.batch_alter_table("ticket") as batch_op:
        for name in (*INDEXES, "ix_ticket_follow_up_of_id"):
            batch_op.drop_index(name)
        batch_op.drop_constraint(op.f(FOLLOW_UP), type_="foreignkey")
        for name in (*MOMENTS, "follow_up_of_id"):
            batch_op.drop_column(name)
