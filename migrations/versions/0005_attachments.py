"""Files of messages, and the ones that wait for their form."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FILE = (
    ("name", sa.String(length=120), False),
    ("stored_name", sa.String(length=64), False),
    ("thumb_name", sa.String(length=64), True),
    ("mime", sa.String(length=100), False),
    ("size", sa.Integer(), False),
    ("sha256", sa.String(length=64), False),
    ("token", sa.String(length=43), False),
    ("created_at", sa.DateTime(timezone=True), False),
)


def file_columns() -> list[sa.Column]:
    return [sa.Column(name, kind, nullable=nullable) for name, kind, nullable in FILE]


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *file_columns(),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f("ck_attachment_at_most_five")),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_not_empty")),
        sa.ForeignKeyConstraint(
            ["store_id", "message_id"],
            ["message.store_id", "message.id"],
            name=op.f("fk_attachment_store_id_message_id"),
        ),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_attachment_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_attachment_store_id_id")),
        sa.UniqueConstraint(
            "store_id",
            "message_id",
            "position",
            name=op.f("uq_attachment_store_id_message_id_position"),
        ),
        sa.UniqueConstraint("stored_name", name=op.f("uq_attachment_stored_name")),
        sa.UniqueConstraint("token", name=op.f("uq_attachment_token")),
    )
    op.create_table(
        "staged_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        *file_columns(),
        sa.CheckConstraint("size > 0", name=op.f("ck_staged_upload_not_empty")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_staged_upload_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_upload")),
        sa.UniqueConstraint("stored_name", name=op.f("uq_staged_upload_stored_name")),
        sa.UniqueConstraint("token", name=op.f("uq_staged_upload_token")),
    )
    op.create_index("ix_staged_upload_created_at", "staged_upload", ["created_at"])
    op.create_index("ix_staged_upload_owner", "staged_upload", ["store_id", "browser_hash"])
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint(op.f("ck_message_body_length"), type_="check")
        batch_op.create_check_constraint(op.f("ck_message_body_length"), "length(body) <= 12000")
        batch_op.create_check_constraint(
            op.f("ck_message_body_said"),
            "length(body) > 0 OR author_type IN ('customer', 'contact')",
        )


def downgrade() -> None:
    op.execute("UPDATE message SET body = '…' WHERE length(body) = 0")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint(op.f("ck_message_body_said"), type_="check")
        batch_op.drop_constraint(op.f("ck_message_body_length"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_message_body_length"), "length(body) BETWEEN 1 AND 12000"
        )
    op.drop_table("staged_upload")
    op.drop_table("attachment")
