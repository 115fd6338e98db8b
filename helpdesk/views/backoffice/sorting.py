"""Sorting complaints: how soon one wants an answer, and the tags that its store has put on it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from flask import g, url_for
from wtforms import SelectField, StringField

from helpdesk.domain import priorities
from helpdesk.domain import tags as tag_rules
from helpdesk.domain.permissions import Actor, Permission
from helpdesk.enums import Priority, TicketStatus
from helpdesk.language import gettext as _
from helpdesk.language import lazy_gettext as _l
from helpdesk.lists.complaints import priority_label
from helpdesk.models import Ticket
from helpdesk.views.backoffice.operations import Operation
from helpdesk.views.forms import BaseForm, Reads
from helpdesk.words import N_


class PriorityForm(BaseForm):
    """How soon a complaint wants an answer."""

    priority = SelectField(
        _l("Priority"), [Reads(priorities.read, required=True)], validate_choice=False
    )

    def __init__(self, ticket: Ticket, *, undecided: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = [(word.value, _(name)) for word, name in priorities.NAMES.items()]
        self.priority.choices = [*([("", _("Choose…"))] if undecided else []), *known]
        if not self.priority.raw_data:
            self.priority.data = "" if undecided else ticket.priority.value


class PrioritySeveralForm(PriorityForm):
    """The same for several; nothing is chosen beforehand."""

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(ticket, undecided=True, **kwargs)


class TagsForm(BaseForm):
    """All the tags of a complaint."""

    rule: ClassVar[Callable[..., None]] = staticmethod(tag_rules.put)
    """What is done with what was typed."""
    tags = StringField(
        _l("Tags"),
        [Reads(tag_rules.read)],
        description=_l("Put commas between them. A new word becomes a new tag of this store."),
    )

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tags.render_kw = {
            "data-tags": url_for(".lookup", filter_name="tag"),
            "data-hint": _("Type to search"),
            "data-add": _("Add “{tag}”"),
            "data-remove": _("Remove"),
            "aria-label": self.tags.label.text,
            "autocomplete": "off",
        }
        if not self.tags.raw_data:
            self.tags.data = self.at_first(ticket)

    def at_first(self, ticket: Ticket) -> str:
        """What stands in the field before anybody typed."""
        return ", ".join(tag.name for tag in tag_rules.of(ticket, g.actor))


class AddTagsForm(TagsForm):
    """Tags for several complaints, beside those that each of them has."""

    rule: ClassVar[Callable[..., None]] = staticmethod(tag_rules.add)

    def __init__(self, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(ticket, **kwargs)
        self.tags.label.text = self.tags.render_kw["aria-label"] = _("Tags to add")

    def at_first(self, _ticket: Ticket) -> str:
        return ""


def _prioritise(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    priorities.put(ticket, form.values["priority"], actor, now=now)


def _tag(ticket: Ticket, form: Any, actor: Actor, now: datetime) -> None:
    form.rule(ticket, form.values["tags"], actor, now=now)


def _open(ticket: Any) -> bool:
    return ticket.status is not TicketStatus.CLOSED and ticket.archived_at is None


def _at_work(ticket: Any) -> bool:
    """Whether the store has it."""
    return _open(ticket) and ticket.forwarded_at is not None


PRIORITY = Operation(
    name="priority",
    label=N_("Set priority"),
    explain=N_("The most urgent complaints stand first where the list is sorted by priority."),
    done=N_("The priority is set."),
    permission=Permission.COMPLAINT_SORT,
    possible=_open,
    form=PriorityForm,
    run=_prioritise,
    bulk=PrioritySeveralForm,
)
STORE_PRIORITY = replace(PRIORITY, possible=_at_work)
"""The same in a store, which has only what was forwarded to it."""
TAGS = Operation(
    name="tags",
    label=N_("Tag"),
    explain=N_("Only your store sees its tags; neither customers nor the platform do."),
    done=N_("The tags are set."),
    permission=Permission.COMPLAINT_SORT,
    possible=_at_work,
    form=TagsForm,
    run=_tag,
    bulk=AddTagsForm,
)


def sorted_as(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """What `backoffice/complaints/_sorting.html` shows of a complaint."""
    return {
        "priority": priority_label(ticket.priority),
        "urgent": ticket.priority in {Priority.URGENT, Priority.HIGH},
        "tags": [
            {"name": tag.name, "url": url_for(".index", tag=tag.id)}
            for tag in tag_rules.of(ticket, actor)
        ],
    }
