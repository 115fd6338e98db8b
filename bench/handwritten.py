"""A page written by hand for each page that is measured: Flask, SQL and Jinja, without session or permissions."""

import os
import threading
from typing import Any

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from bench import queries
from bench.driver import Driver, Row, connect
from bench.seed.places import BIG, BIG_SLUG

app = Flask(__name__)
_mine = threading.local()


def _db() -> Driver:
    """Every thread keeps its connection."""
    if not hasattr(_mine, "db"):
        _mine.db = connect(os.environ["DATABASE_URL"])
    found: Driver = _mine.db
    return found


@app.get("/complaints")
def complaints() -> str:
    """The log, or what a search finds in it."""
    args = request.args
    names = ("status", "assignee", "after", "q")
    everywhere = args.get("store") == "all"
    chosen = {name: args.get(name, "") for name in names}
    wanted = queries.Wanted(store_id=None if everywhere else BIG, **chosen)
    rows = [_cells(row) for row in queries.listed(_db(), wanted)]
    return render_template("list.html", title="Complaints", rows=rows)


@app.get("/home")
def home() -> str:
    """The kept counters of the big store."""
    question = "SELECT status, n FROM status_counter WHERE store_id = %s AND kind = 'complaint'"
    rows = [(status, f"{n:,}") for status, n in _db().rows(question, BIG)]
    return render_template("list.html", title="Home", rows=rows)


@app.get("/complaints/<number>")
def complaint(number: str) -> str | tuple[str, int]:
    """The complaint as staff read it, with the form for a reply."""
    return _shown(number, can_reply=True)


@app.get("/track/<number>")
def track(number: str) -> str | tuple[str, int]:
    """The same as the customer reads it."""
    return _shown(number, can_reply=False)


@app.post("/complaints/<number>/reply")
def reply(number: str) -> Response:
    """An answer of staff."""
    queries.reply(_db(), BIG, number, int(request.form["user"]), request.form["text"])
    return redirect(f"/complaints/{number}", 303)


@app.post("/submit")
def submit() -> Response:
    """A new complaint."""
    queries.submit(_db(), BIG, request.form["email"], request.form["description"])
    return redirect(f"/s/{BIG_SLUG}/complaints/sent", 303)


def _shown(number: str, *, can_reply: bool) -> str | tuple[str, int]:
    found = queries.said(_db(), BIG, number)
    if found is None:
        return "Not found", 404
    ticket, messages = found
    context: dict[str, Any] = {"ticket": ticket, "messages": messages, "can_reply": can_reply}
    return render_template("complaint.html", title=number, **context)


def _cells(row: Row) -> Row:
    return row[:9]
