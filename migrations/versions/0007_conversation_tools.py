"""Notes of each side, resolutions, replies that can be taken back, drafts, presence, tags, ratings, the archive."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RESOLUTIONS = "'refund', 'wallet_credit', 'discount_code', 'replacement', 'apology', 'not_valid'"
NOTES = "kind = 'notes'"
URGENCY = "CASE priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 WHEN 'low' THEN 3 END"
TICKET = ["store_id", "ticket_id"], ["ticket.store_id", "ticket.id"]


def upgrade() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("body_ar", sa.Text(), nullable=False),
        sa.Column("use_count", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("use_count >= 0", name=op.f("ck_canned_reply_use_count_counts")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_canned_reply_author_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_canned_reply_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
        sa.UniqueConstraint("store_id", "title", name=op.f("uq_canned_reply_store_id_title")),
    )
    op.create_index("ix_canned_reply_author_id", "canned_reply", ["author_id"])
    op.create_index("ix_canned_reply_used", "canned_reply", ["store_id", "use_count", "id"])
    op.create_index("ix_canned_reply_changed", "canned_reply", ["store_id", "updated_at", "id"])
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_tag_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("store_id", "id", name=op.f("uq_tag_store_id_id")),
        sa.UniqueConstraint("store_id", "key", name=op.f("uq_tag_store_id_key")),
    )
    op.create_table(
        "ticket_tag",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "tag_id"],
            ["tag.store_id", "tag.id"],
            name=op.f("fk_ticket_tag_store_id_tag_id"),
        ),
        sa.ForeignKeyConstraint(*TICKET, name=op.f("fk_ticket_tag_store_id_ticket_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_ticket_tag_store_id")),
        sa.PrimaryKeyConstraint("store_id", "ticket_id", "tag_id", name=op.f("pk_ticket_tag")),
    )
    op.create_index("ix_ticket_tag_tag_id", "ticket_tag", ["store_id", "tag_id", "ticket_id"])
    op.create_table(
        "draft",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('reply', 'ask', 'note')", name=op.f("ck_draft_mode_known")),
        sa.ForeignKeyConstraint(*TICKET, name=op.f("fk_draft_store_id_ticket_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_draft_store_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id")),
        sa.PrimaryKeyConstraint("store_id", "ticket_id", "user_id", "mode", name=op.f("pk_draft")),
    )
    op.create_index("ix_draft_saved_at", "draft", ["saved_at"])
    op.create_index("ix_draft_user_id", "draft", ["user_id"])
    op.create_table(
        "presence",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('viewing', 'writing')", name=op.f("ck_presence_state_known")),
        sa.ForeignKeyConstraint(*TICKET, name=op.f("fk_presence_store_id_ticket_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_presence_store_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_presence_user_id")),
        sa.PrimaryKeyConstraint("store_id", "ticket_id", "user_id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_at", "presence", ["at"])
    op.create_index("ix_presence_user_id", "presence", ["user_id"])
    op.create_table(
        "rating",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_rating_one_to_five")),
        sa.ForeignKeyConstraint(*TICKET, name=op.f("fk_rating_store_id_ticket_id")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_rating_store_id")),
        sa.PrimaryKeyConstraint("store_id", "ticket_id", name=op.f("pk_rating")),
    )

    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("resolution_type", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("resolution_text", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("decision", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE message SET released_at = created_at")
    with op.batch_alter_table("message", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column(
            "released_at", existing_type=sa.DateTime(timezone=True), nullable=False
        )
        batch_op.create_check_constraint(
            op.f("ck_message_resolution_type_known"), f"resolution_type IN ({RESOLUTIONS})"
        )
        batch_op.create_check_constraint(
            op.f("ck_message_decision_known"), "decision IN ('upheld', 'rejected')"
        )
    with op.batch_alter_table("thread") as batch_op:
        batch_op.add_column(sa.Column("team", sa.String(length=40), nullable=True))
        batch_op.create_index(
            "uq_thread_notes",
            ["store_id", "ticket_id", "team"],
            unique=True,
            sqlite_where=sa.text(NOTES),
            postgresql_where=sa.text(NOTES),
        )
        batch_op.create_check_constraint(
            op.f("ck_thread_notes_have_a_team"), "(kind = 'notes') = (team IS NOT NULL)"
        )
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.add_column(
            sa.Column("contact_changed_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("archive_reason", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("urgency", sa.Integer(), nullable=True))
    op.execute(f"UPDATE ticket SET urgency = {URGENCY}")
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.alter_column("urgency", existing_type=sa.Integer(), nullable=False)
        batch_op.create_check_constraint(
            op.f("ck_ticket_urgency_of_priority"), f"urgency = {URGENCY}"
        )
        batch_op.create_index("ix_ticket_store_urgency", ["store_id", "kind", "urgency", "id"])
        batch_op.create_index("ix_ticket_urgency", ["kind", "urgency", "id"])
    op.add_column("event", sa.Column("dispatch_after", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("ALTER TABLE event DROP COLUMN dispatch_after")
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.drop_index("ix_ticket_urgency")
        batch_op.drop_index("ix_ticket_store_urgency")
        batch_op.drop_constraint(op.f("ck_ticket_urgency_of_priority"), type_="check")
        batch_op.drop_column("urgency")
        batch_op.drop_column("archive_reason")
        batch_op.drop_column("archived_at")
        batch_op.drop_column("contact_changed_at")
    op.execute(
        "DELETE FROM attachment WHERE message_id IN (SELECT message.id FROM message"
        " JOIN thread ON thread.id = message.thread_id WHERE thread.kind = 'notes')"
    )
    op.execute(
        "DELETE FROM message WHERE thread_id IN (SELECT id FROM thread WHERE kind = 'notes')"
    )
    op.execute("DELETE FROM thread WHERE kind = 'notes'")
    with op.batch_alter_table("thread") as batch_op:
        batch_op.drop_constraint(op.f("ck_thread_notes_have_a_team"), type_="check")
        batch_op.drop_index("uq_thread_notes")
        batch_op.drop_column("team")
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_constraint(op.f("ck_message_decision_known"), type_="check")
        batch_op.drop_constraint(op.f("ck_message_resolution_type_known"), type_="check")
        batch_op.drop_column("released_at")
        batch_op.drop_column("decision")
        batch_op.drop_column("resolution_text")
        batch_op.drop_column("resolution_type")
    for table in ("rating", "presence", "draft", "ticket_tag", "tag", "canned_reply"):
        op.drop_table(table)
