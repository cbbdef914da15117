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
    "not_understood": _("Could not be understood"),
    "no_such_message": _("There is no message of ours that it speaks of"),
    "no_phone": _("It names no phone"),
    "failed": _("An error in this program; see its log"),
}


def in_words(code: str) -> str:
    """What an error code means, or the code itself; behind its colon a gateway's name for a part, in brackets."""
    known, _colon, part = code.partition(":")
    if known not in _WORDS:
        return code
    return f"{_WORDS[known]} ({part})" if part else str(_WORDS[known])
