"""Business hours, paused clocks, reminders, and who held a ticket when."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNTOLD = "overdue_told_at IS NULL AND due_at IS NOT NULL"
UNREMINDED = "status = 'pending_customer'"
HOLDER = (
    "CASE status WHEN 'under_platform_review' THEN 'platform'"
    " WHEN 'pending_customer' THEN 'customer' ELSE 'store' END"
)


def upgrade() -> None:
    store = sa.table(
        "store",
        sa.column("id", sa.Integer),
        sa.column("workdays", sa.JSON),
        sa.column("business_hours", sa.JSON),
    )
    with op.batch_alter_table("store") as batch_op:
        batch_op.add_column(sa.Column("business_hours", sa.JSON(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(store.c.id, store.c.workdays)).all():
        hours = {str(day): ["09:00", "18:00"] for day in row.workdays}
        connection.execute(store.update().where(store.c.id == row.id).values(business_hours=hours))
    with op.batch_alter_table("store") as batch_op:
        batch_op.alter_column("business_hours", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("workdays")

    with op.batch_alter_table("ticket") as batch_op:
        batch_op.add_column(sa.Column("due_left", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("reminded_days", sa.Integer(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.alter_column(
            "reminded_days",
            existing_type=sa.Integer(),
            existing_nullable=False,
            server_default=None,
        )
        batch_op.create_index(
            "ix_ticket_untold",
            ["kind", "overdue_told_at", "due_at", "id"],
            sqlite_where=sa.text(UNTOLD),
            postgresql_where=sa.text(UNTOLD),
        )
        batch_op.create_index(
            "ix_ticket_unreminded",
            ["kind", "reminded_days", "waiting_since", "id"],
            sqlite_where=sa.text(UNREMINDED),
            postgresql_where=sa.text(UNREMINDED),
        )

    op.create_table(
        "held_interval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "side IN ('platform', 'store', 'customer')", name=op.f("ck_held_interval_side_known")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= began_at",
            name=op.f("ck_held_interval_ends_after_it_began"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "ticket_id"],
            ["ticket.store_id", "ticket.id"],
            name=op.f("fk_held_interval_store_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_held_interval_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_interval")),
    )
    op.create_index(
        "ix_held_interval_ticket_id", "held_interval", ["store_id", "ticket_id", "began_at"]
    )
    op.create_index(
        "uq_held_interval_open",
        "held_interval",
        ["store_id", "ticket_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    # Who held it before is not known; from the present wait on it is.
    op.execute(
        "INSERT INTO held_interval (store_id, ticket_id, side, began_at)"
        f" SELECT store_id, id, {HOLDER}, waiting_since FROM ticket WHERE status <> 'closed'"
    )


def downgrade() -> None:
    op.drop_table("held_interval")
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.drop_index("ix_ticket_unreminded")
        batch_op.drop_index("ix_ticket_untold")
        batch_op.drop_column("reminded_days")
        batch_op.drop_column("overdue_told_at")
        batch_op.drop_column("due_left")
    store = sa.table(
        "store",
        sa.column("id", sa.Integer),
        sa.column("workdays", sa.JSON),
        sa.column("business_hours", sa.JSON),
    )
    with op.batch_alter_table("store") as batch_op:
        batch_op.add_column(sa.Column("workdays", sa.JSON(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(store.c.id, store.c.business_hours)).all():
        days = [int(day) for day in row.business_hours]
        connection.execute(store.update().where(store.c.id == row.id).values(workdays=days))
    with op.batch_alter_table("store") as batch_op:
        batch_op.alter_column("workdays", existing_type=sa.JSON(), nullable=False)
        batch_op.drop_column("business_hours")
