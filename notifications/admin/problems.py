"""Our own error codes in words. A gateway's codes are its own; its documentation explains them."""

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "missing_field": _("A field of the text was missing"),
    "no_template": _("There is no text for this message"),
    "link_on_foreign_route": _("Texts with a link do not arrive over this route"),
    "no_connection": _("The gateway could not be reached"),
    "no_answer": _("The gateway did not answer"),
    "answer_not_understood": _("The gateway's answer could not be read"),
    "not_tried": _("There was no time left in this round"),
    "not_at_gateway": _("The gateway had not taken it"),
    "worker_lost": _("The sending program was interrupted"),
    "unresolved": _("The gateway could not be asked for a day"),
}


def in_words(code: str) -> str:
    """What an error code means, or the code itself."""
    return str(_WORDS.get(code, code))
