"""The line is cut before the answer is read, and the same form is sent again: one effect, and the right answer.

It is cut in the middle of the form, at once after it, or after some milliseconds; the second form then comes before,
while or after the first takes effect.
"""

from functools import partial

from tests.faults.deeds import DEEDS, Deed
from tests.faults.shopper import Unacknowledged
from tests.faults.site import DATABASES, LUCK, Site, site
from tests.faults.verdict import Verdict, judge
from tests.faults.whole import judge_whole

ROUNDS = 2
LONGEST_WAIT = 0.25


def run(kind: str) -> Verdict:
    verdict = Verdict("lost_answer", kind)
    with site(kind) as here:
        here.start_web(processes=2, threads=4)
        for name in sorted(DEEDS) * ROUNDS:
            for way, share, wait in (
                ("in the middle of the form", LUCK.uniform(0.05, 0.95), 0.0),
                ("at once", 1.0, 0.0),
                ("after a while", 1.0, LUCK.uniform(0, LONGEST_WAIT)),
            ):
                deed = DEEDS[name](here)
                deed.browser.hang_up(deed.form, share=share, wait=wait)
                _send_again(here, deed, f"{name}, cut {way}", verdict)
        here.stop()
        judge_whole(here, verdict)
    return verdict


def _send_again(here: Site, deed: Deed, what: str, verdict: Verdict) -> None:
    """Twice, both times as the browser was before: the second answer may be lost as well."""
    verdict.tries += 1
    before = dict(deed.browser.cookies)
    for _again in range(2):
        deed.browser.cookies = dict(before)
        try:
            deed.acknowledged(deed.browser.send(deed.form))
        except (Unacknowledged, OSError) as error:
            verdict.wrong(f"{what}: sent again it is answered {error}")
    deed.judge(here, what, verdict)


if __name__ == "__main__":
    judge(partial(run, kind) for kind in DATABASES)
