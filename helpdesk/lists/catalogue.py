"""Every list by its name, for the worker, which knows an export's list by name alone."""

from helpdesk.lists.canned_replies import CANNED_REPLIES
from helpdesk.lists.complaints import COMPLAINTS
from helpdesk.lists.declaration import Listing
from helpdesk.lists.deliveries import DELIVERIES

LISTINGS: dict[str, Listing] = {one.name: one for one in (COMPLAINTS, DELIVERIES, CANNED_REPLIES)}
