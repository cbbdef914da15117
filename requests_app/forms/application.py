"""A draft as a whole: what is still missing, and the application it becomes."""

from collections.abc import Mapping
from typing import Any

from requests_app.forms.apply import (
    NAMELESS,
    DetailsForm,
    StepForm,
    Typed,
    WhatForm,
    WhereForm,
    YouForm,
    chosen_category,
    chosen_kind,
)
from requests_app.services.intake import Application, Contact, Place
from requests_app.vocabulary import Channel

FORMS: Mapping[str, type[StepForm]] = {"what": WhatForm, "details": DetailsForm, "where": WhereForm, "you": YouForm}


def steps_of(data: Mapping[str, Typed]) -> list[str]:
    """The steps this draft has, in their order; the category's questions are one only where there are any."""
    category = chosen_category(data)
    asks = bool(category and category.questions)
    return [step for step in FORMS if step != "details" or asks]


class WholeApplication:
    """Every step of a draft, checked again before it is sent: lists may have changed since it was typed."""

    def __init__(self, data: Mapping[str, Typed]) -> None:
        self.data = data
        self.category = chosen_category(data)
        self.kind = chosen_kind(data)
        self.forms = {step: FORMS[step](data.get(step, {}), so_far=data) for step in steps_of(data)}

    @property
    def first_incomplete(self) -> str | None:
        """The first step that still lacks something."""
        return next((step for step, form in self.forms.items() if not form.is_valid()), None)

    @property
    def contact(self) -> Contact | None:
        """Who applies; None without a name."""
        you = self._values("you")
        if you.get("identity") == NAMELESS:
            return None
        consent = you["announcements_version"] if you.get("announcements") else ""
        return Contact(name=you["name"], phone=you["phone"], email=you["email"], announcements_version=consent)

    @property
    def place(self) -> Place:
        """Where it is."""
        where = self._values("where")
        neighbourhood = where["neighbourhood"]
        return Place(
            neighbourhood_id=neighbourhood.pk if neighbourhood else None,
            address=where["address"],
            latitude=where["latitude"],
            longitude=where["longitude"],
        )

    @property
    def answers(self) -> dict[str, Any]:
        """Answers to the category's questions."""
        details = self.forms.get("details")
        return details.answers() if isinstance(details, DetailsForm) else {}

    @property
    def wants_announcements(self) -> bool:
        """Whether the separate consent was given."""
        return bool(self._values("you").get("announcements"))

    def application(self, *, language: str) -> Application:
        """What the intake takes. Only where ``first_incomplete`` is None."""
        return Application(
            description=self._values("what")["description"],
            kind=self.kind,
            channel=Channel.WEB,
            category=self.category,
            contact=self.contact,
            place=self.place,
            extra_answers=self.answers,
            language=language,
            disclosure_version=self._values("you")["disclosure_version"],
        )

    def _values(self, step: str) -> dict[str, Any]:
        return self.forms[step].cleaned_data
