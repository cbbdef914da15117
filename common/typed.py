"""What somebody typed into a form that could not be taken: read from what was sent, kept until it can be.

It is kept in the browser's session, encrypted under SECRET_KEY, so that neither the database nor the cache nor a
backup shows it. ``owner`` says whose it is and what for, and stands inside: for anybody and anything else there is
nothing. One form at a time; files cannot be kept.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Final

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, QueryDict
from django.utils.http import escape_leading_slashes

from common.secrets import cipher

KEY: Final = "typed_form"
KEPT_FOR: Final = timedelta(hours=12)
# Choices, numbers and tokens as programs write them; everything else was typed by a person.
_CODE: Final = re.compile(r"[a-z0-9_.:-]*")
_TOKEN: Final = "csrfmiddlewaretoken"  # noqa: S105  (the name of a field)


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A form as a browser sent it to the address ``path``: pairs of name and value, without its token."""

    path: str
    fields: Sequence[tuple[str, str]]
    had_files: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> "TypedForm":
        """What ``request`` carries."""
        fields = [(name, value) for name, values in request.POST.lists() if name != _TOKEN for value in values]
        return cls(escape_leading_slashes(request.get_full_path()), fields, had_files=bool(request.FILES))

    def shortened(self, most: int) -> "TypedForm":
        """The same form with the first ``most`` characters of it, names and values together."""
        fields = []
        for name, value in self.fields:
            most -= len(name)
            if most <= 0:
                break
            fields.append((name, value[:most]))
            most -= len(value)
        return replace(self, fields=fields)

    @property
    def words(self) -> list[str]:
        """What a person can read and copy."""
        return [value.strip() for _, value in self.fields if value.strip() and not _CODE.fullmatch(value.strip())]

    @property
    def data(self) -> QueryDict:
        """As a form takes it."""
        data = QueryDict(mutable=True)
        for name, value in self.fields:
            data.appendlist(name, value)
        return data


def worth_keeping(request: HttpRequest) -> TypedForm | None:
    """What was typed into a form that is about to be refused; None where nothing was, or it must not be shown again.

    That is a password, and whatever another site sent in the person's name: offering to send that once more would
    undo the protection against it.
    """
    if request.method != "POST" or not _came_from_here(request) or any("password" in name for name in request.POST):
        return None
    form = TypedForm.of(request)
    return form if form.words else None


def is_page(request: HttpRequest) -> bool:
    """Whether the answer will stand in the window, and not be read by a script."""
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _came_from_here(request: HttpRequest) -> bool:
    """Every browser of today names the page's own site when it sends a form."""
    here = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("Origin") in here


def keep(session: SessionBase, owner: str, form: TypedForm) -> None:
    """Keep ``form`` for ``owner`` in the place of what was kept before."""
    kept = json.dumps({"owner": owner, **asdict(form)})
    session[KEY] = cipher("typed form").encrypt(kept.encode()).decode()


def kept(session: SessionBase, owner: str) -> TypedForm | None:
    """What was kept for ``owner``, if there is anything and it is not too old."""
    try:
        sealed = str(session.get(KEY, ""))
        found = json.loads(cipher("typed form").decrypt(sealed, ttl=int(KEPT_FOR.total_seconds())))
    except InvalidToken:
        return None
    if found.pop("owner") != owner:
        return None
    fields = [(name, value) for name, value in found["fields"]]
    return TypedForm(found["path"], fields, had_files=found["had_files"])


def forget(session: SessionBase) -> None:
    """Keep nothing any more."""
    session.pop(KEY, None)
