"""What an experiment found: one line a database, and the exit status."""

import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import click

HEADER = (
    f"{'experiment':<40}{'database':<10}{'tries':>6}{'lost':>6}{'doubled':>9}{'wrong':>7}{'s':>7}"
)
SHOWN = 5


@dataclass
class Verdict:
    """The counts of one experiment on one database; `found` says each fault in words."""

    experiment: str
    database: str
    tries: int = 0
    notes: dict[str, object] = field(default_factory=dict)
    found: dict[str, list[str]] = field(
        default_factory=lambda: {"lost": [], "doubled": [], "wrong": []}
    )
    started: float = field(default_factory=time.monotonic)

    def lost(self, what: str) -> None:
        """It was acknowledged and is not there."""
        self.found["lost"].append(what)

    def doubled(self, what: str) -> None:
        """It took effect more than once."""
        self.found["doubled"].append(what)

    def wrong(self, what: str) -> None:
        """It is there once, but not as it should be."""
        self.found["wrong"].append(what)

    def once(self, times: int, what: str) -> None:
        """Whatever `what` names must be there exactly once."""
        if times < 1:
            self.lost(what)
        if times > 1:
            self.doubled(f"{what} ×{times}")

    @property
    def good(self) -> bool:
        return not any(self.found.values())

    def tell(self) -> None:
        """Print the line, then what was found."""
        counts = {kind: len(found) for kind, found in self.found.items()}
        took = time.monotonic() - self.started
        click.echo(
            f"{self.experiment:<40}{self.database:<10}{self.tries:>6}{counts['lost']:>6}"
            f"{counts['doubled']:>9}{counts['wrong']:>7}{took:>7.1f}"
            f"   {', '.join(f'{name}={value}' for name, value in self.notes.items())}"
        )
        for kind, found in self.found.items():
            for what, times in Counter(found).most_common(SHOWN):
                click.echo(f"    {kind}: {what}" + (f" ({times} times)" if times > 1 else ""))


def judge(experiments: Iterable[Callable[[], Verdict]]) -> None:
    """Run them one after the other, print the table, and end with 1 when anything was found."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that it still tidies up
    click.echo(HEADER)
    good = True
    for experiment in experiments:
        verdict = experiment()
        verdict.tell()
        good = good and verdict.good
    sys.exit(0 if good else 1)
