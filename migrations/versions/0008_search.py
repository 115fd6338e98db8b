"""The words that tickets are found by. Those of tickets that are there already are gathered by the worker."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# The words come folded and cut, so the tokenizer has nothing to do but part them at the spaces.
SQLITE_INDEX = (
    """
    CREATE VIRTUAL TABLE search_index USING fts5(
        words, content='search_document', content_rowid='ticket_id', tokenize='ascii', detail='none', prefix='3 4'
    )
    """,
    """
    CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN
        INSERT INTO search_index(rowid, words) VALUES (new.ticket_id, new.words);
    END
    """,
    """
    CREATE TRIGGER search_document_changed AFTER UPDATE OF words ON search_document BEGIN
        INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.ticket_id, old.words);
        INSERT INTO search_index(rowid, words) VALUES (new.ticket_id, new.words);
    END
    """,
    """
    CREATE TRIGGER search_document_removed AFTER DELETE ON search_document BEGIN
        INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.ticket_id, old.words);
    END
    """,
)
POSTGRES_INDEX = (
    "CREATE INDEX ix_search_document_words ON search_document USING gin (words)",
    # Rare words are told from common ones by what the planner knows of them.
    "ALTER TABLE search_document ALTER COLUMN words SET STATISTICS 1000",
)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "search_document",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text() if on_sqlite else postgresql.TSVECTOR(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "ticket_id"],
            ["ticket.store_id", "ticket.id"],
            name=op.f("fk_search_document_store_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["store.id"], name=op.f("fk_search_document_store_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_search_document")),
    )
    op.create_index("ix_search_document_ticket_id", "search_document", ["store_id", "ticket_id"])
    op.create_index(
        "ix_search_document_stale",
        "search_document",
        ["ticket_id"],
        sqlite_where=sa.text("stale = 1"),
        postgresql_where=sa.text("stale"),
    )
    for statement in SQLITE_INDEX if on_sqlite else POSTGRES_INDEX:
        op.execute(statement)
    op.execute(
        "INSERT INTO search_document (ticket_id, store_id, words, stale)"
        " SELECT id, store_id, '', true FROM ticket"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_document")
