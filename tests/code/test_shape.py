"""Shapes that the code keeps to, where no linter knows them."""

import ast
from collections.abc import Iterator

from tests.code.sources import full_name, imported, mentions, modules

BASE_VIEW = "helpdesk/views/backoffice/base.py"
STOCK_VIEWS = frozenset({"ModelView", "BaseView", "AdminIndexView", "FileAdmin", "RedisCli"})

# The tenant guard does not see these, so they stay where each use was thought through.
UNGUARDED = frozenset(
    {
        "sqlalchemy.text",
        "sqlalchemy.table",
        "sqlalchemy.literal_column",
        "sqlalchemy.sql.text",
        "sqlalchemy.sql.expression.text",
    }
)
UNGUARDED_ATTRIBUTES = frozenset({"__table__", "exec_driver_sql", "metadata"})
MAY_GO_UNGUARDED = frozenset(
    {
        "helpdesk/db.py",
        "helpdesk/models.py",  # texts of constraints and indexes
        "helpdesk/domain/search.py",
        "helpdesk/domain/reports.py",
    }
)

CLOCKS = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
        "sqlalchemy.func.now",
        "sqlalchemy.func.current_timestamp",
    }
)


def stock_views(tree: ast.Module) -> Iterator[str]:
    """Classes that extend Flask-Admin's own views."""
    names = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                origin = full_name(base, names)
                if origin.startswith("flask_admin") and origin.split(".")[-1] in STOCK_VIEWS:
                    yield f"line {node.lineno}: {node.name} extends {origin}"


def unguarded(tree: ast.Module) -> list[str]:
    return [
        f"line {line}: {name}"
        for name, line in mentions(tree)
        if name in UNGUARDED or UNGUARDED_ATTRIBUTES & set(name.split(".")[1:])
    ]


def clocks(tree: ast.Module) -> list[str]:
    return [f"line {line}: {name}" for name, line in mentions(tree) if name in CLOCKS]


def test_only_the_base_view_extends_flask_admin() -> None:
    found = {name: views for name, tree in modules().items() if (views := list(stock_views(tree)))}
    found.pop(BASE_VIEW, None)
    assert not found, f"Extend the views of {BASE_VIEW}: {found}"


def test_no_statement_slips_past_the_tenant_guard() -> None:
    found = {name: lines for name, tree in modules().items() if (lines := unguarded(tree))}
    assert not found.keys() - MAY_GO_UNGUARDED, (
        f"Ask through the models: { ({n: found[n] for n in found.keys() - MAY_GO_UNGUARDED}) }"
    )


def test_the_time_is_read_in_one_place() -> None:
    found = {name: lines for name, tree in modules().items() if (lines := clocks(tree))}
    assert found.keys() == {"helpdesk/clock.py"}, f"Take `now` as an argument: {found}"
