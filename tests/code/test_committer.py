"""One place commits, so one place decides what a transaction is."""

import ast

from tests.code.sources import modules


def commits(tree: ast.Module) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]


def test_only_the_database_module_commits() -> None:
    found = {name: lines for name, tree in modules().items() if (lines := commits(tree))}
    assert found.keys() == {"helpdesk/db.py"}, f"Use db.transaction() instead: {found}"
