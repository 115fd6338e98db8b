"""The words of every mail: one function a template key, both formats and languages from the same words.

A letter says what happened, what it means and what to do now. It never quotes what somebody typed.
"""

from helpdesk.channels.letters import access, account, complainant, staff
from helpdesk.channels.letters.words import Letter
from helpdesk.domain.recipients import Notice

WRITERS = complainant.WRITERS | access.WRITERS | staff.WRITERS | account.WRITERS


def write(notice: Notice) -> Letter:
    """The letter of a notice, in the language that is in force."""
    return WRITERS[notice.template](notice)
