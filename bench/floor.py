"""The floor: what Flask and Jinja cost alone. 25 rows of 9 columns from memory in a base template, nothing else."""

from flask import Flask, render_template

CELLS = (
    "Sara Haddad",
    "5021",
    "Waiting",
    "Late",
    "Normal",
    "2 hours ago",
    "in 2 days",
    "Agent 101",
)
ROWS = [(f"CMP-{row:04}-0000", *CELLS) for row in range(25)]

app = Flask(__name__)


@app.get("/")
def table() -> str:
    """The table."""
    return render_template("list.html", title="Complaints", rows=ROWS)
