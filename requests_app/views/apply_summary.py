"""What is about to be sent, in the sections in which it was asked."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.phones import national
from requests_app.forms.application import WholeApplication
from requests_app.questions import shown_answers

Text = str | Promise
Rows = list[tuple[Text, Text]]


@dataclass(frozen=True, slots=True)
class Section:
    """Some lines and the step that changes them."""

    title: Text
    step: str
    rows: Rows


def sections_of(whole: WholeApplication, *, files: int) -> list[Section]:
    """Everything for the last look. ``files`` is how many there are."""
    sections = [Section(_("What happened?"), "what", _what(whole, files))]
    if answers := shown_answers(whole.category, whole.answers):
        sections.append(Section(_("A question or two"), "details", list(answers)))
    sections.append(Section(_("Where?"), "where", [(_("Place"), _place(whole))]))
    sections.append(Section(_("You"), "you", _you(whole)))
    return sections


def _what(whole: WholeApplication, files: int) -> Rows:
    subject = whole.category.label if whole.category else _("I don't know / not in the list")
    count = ngettext("%(count)d file", "%(count)d files", files) % {"count": files} if files else _("None")
    return [
        (_("What you wrote"), whole.forms["what"].cleaned_data["description"]),
        (_("Subject"), subject),
        (_("Kind of application"), whole.kind.label),
        (_("Photos or PDF files"), count),
    ]


def _place(whole: WholeApplication) -> Text:
    where = whole.forms["where"].cleaned_data
    parts = [where["neighbourhood"].name if where["neighbourhood"] else "", where["address"]]
    if where["latitude"] is not None:
        parts.append(_("Marked on the map: %(lat)s, %(lng)s") % {"lat": where["latitude"], "lng": where["longitude"]})
    return "\n".join(filter(None, parts)) or _("No particular place")


def _you(whole: WholeApplication) -> Rows:
    contact = whole.contact
    if contact is None:
        return [(_("Applicant"), _("No name given"))]
    return [
        (_("Name and surname"), contact.name),
        (_("Mobile phone"), national(contact.phone)),
        (_("E-mail"), contact.email or _("None")),
        (_("Announcements by SMS"), _("Yes") if whole.wants_announcements else _("No")),
    ]
