"""The source code, as the tests in this folder read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "helpdesk"
TEMPLATES = ROOT / "templates"


def modules() -> dict[str, ast.Module]:
    """Every module of the application by its path, such as `helpdesk/db.py`."""
    return {name: ast.parse(source) for name, source in python_sources().items()}


@cache
def python_sources() -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
    }


@cache
def templates() -> dict[str, str]:
    """Every template's text by its path below `templates/`."""
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8")
        for path in sorted(TEMPLATES.rglob("*"))
        if path.suffix in {".html", ".txt"}
    }


def dotted(node: ast.AST) -> str:
    """`db.session.commit` for the expression that says so; "" for anything else in front."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def imported(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: {"sa": "sqlalchemy", "text": "sqlalchemy.text"}."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return names


def full_name(node: ast.AST, names: dict[str, str]) -> str:
    """The dotted name with its first part as it was imported: `sa.text` → `sqlalchemy.text`."""
    first, dot, rest = dotted(node).partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def mentions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that is used, in full, with its line."""
    names = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            yield full_name(node, names), node.lineno
