"""Why a file is not taken, in sentences that name it and say what would do (S2-90, pages 5.1)."""

from helpdesk.domain.errors import Invalid, Value
from helpdesk.words import N_

NOT_ALLOWED = N_("%(name)s must be a %(types)s or %(last)s.")
EMPTY = N_("%(name)s is empty. Choose a file with something in it.")
TOO_LARGE = N_("%(name)s must be smaller than %(limit)s MB.")
NOT_ITS_TYPE = N_(
    "%(name)s is not a real %(type)s file, or it is damaged. Save it anew as %(type)s and choose it again."
)
LOCKED = N_("%(name)s is locked with a password. Save it without one and choose it again.")
MACROS = N_("%(name)s contains macros. Save it without them and choose it again.")
TOO_MANY_PIXELS = N_(
    "%(name)s has more than %(limit)s megapixels. Make it smaller and choose it again."
)
CROWDED = N_("%(name)s holds too much, or unpacks to too much. Choose fewer files for it.")
ODD_NAMES = N_(
    "%(name)s holds files whose names lead out of its folder. Pack it anew and choose it again."
)
NESTED = N_(
    "%(name)s holds another archive. Choose the files themselves, or one ZIP without others in it."
)
NOT_KEPT = N_("%(name)s could not be uploaded. Please try again.")
UNNAMED = "?"


def refusal(text: str, name: str, **values: Value) -> Invalid:
    """The refusal of one file."""
    return Invalid(text, field="files", name=name or UNNAMED, **values)
