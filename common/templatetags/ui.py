"""Template tags and filters of the house style: form fields, icons, status tags, dates.

The markup is in templates/includes; docs/design.md shows each with an example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from common.numbers import SERIAL_DIGITS

register = template.Library()

# Which GOV.UK component draws a widget; the first match wins.
COMPONENTS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),  # before RadioSelect, which it descends from
    (forms.RadioSelect, "radios"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
)
WIDGET_CLASSES = {
    "input": "govuk-input",
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
}

NOTHING_GIVEN = forms.Field.default_error_messages["required"]
# A number of an application, or of a phone in groups.
NUMBERS = re.compile(rf"\b\d{{2}}-\d{{{SERIAL_DIGITS}}}-\d\b|\b0\d{{3}} \d{{3}} \d{{2}} \d{{2}}\b")
DEFAULT_LOGO = "img/logo.svg"

LONG_DATE = {"tr": "j F Y l", "en": "l j F Y"}
SHORT_DATE = {"tr": "j F Y", "en": "j F Y"}
CLOCK = {"tr": "H.i", "en": "H:i"}


class ErrorLink(NamedTuple):
    """One line of the error summary: where it leads and what it says."""

    href: str
    message: str


# --- Forms ---------------------------------------------------------------------------------------


def component_of(bound: BoundField) -> str:
    """Name of the GOV.UK component that draws this field."""
    widget = bound.field.widget
    return next((name for kind, name in COMPONENTS if isinstance(widget, kind)), "input")


def render_widget(bound: BoundField, component: str, attrs: dict[str, Any]) -> str:
    """The bare control with the component's classes added to the widget's own."""
    own = bound.field.widget.attrs.get("class", "")
    classes = [WIDGET_CLASSES[component], own, attrs.pop("class", "")]
    if bound.errors:
        classes.append(f"{WIDGET_CLASSES[component]}--error")
    return bound.as_widget(attrs={**attrs, "class": " ".join(filter(None, classes))})


@register.inclusion_tag("includes/field.html")
def field(
    bound: BoundField,
    *,
    size: str = "",
    heading: bool = False,
    optional: bool = True,
    inline: bool = False,
    prefix: str = "",
    suffix: str = "",
    counter: bool = False,
    label: Any = None,
    hint: Any = None,
    button: Any = None,
    **attrs: Any,
) -> dict[str, Any]:
    """One form field with label, hint, error and control.

    `size` (s, m, l, xl) is the label's; `heading` makes the label the page's h1; `optional=False`
    leaves out "(optional)"; `inline` puts radios side by side; `counter` counts the characters
    left; `label` and `hint` replace the form's; `button` is the text of a file field's button. Other
    arguments become attributes of the control, `data_x` as `data-x`.
    """
    bound.label = bound.label if label is None else label
    bound.help_text = bound.help_text if hint is None else hint
    component = component_of(bound)
    attributes = {name.replace("_", "-"): value for name, value in attrs.items()}
    if counter:
        attributes["class"] = f"govuk-js-character-count {attributes.get('class', '')}".strip()
    control = "" if component not in WIDGET_CLASSES else render_widget(bound, component, attributes)
    return {
        "field": bound,
        "component": component,
        "control": control,
        "size": size,
        "heading": heading,
        "show_optional": optional and not bound.field.required and component != "checkbox",
        "inline": inline,
        "prefix": prefix,
        "suffix": suffix,
        "button": button,
        "max_length": bound.field.widget.attrs.get("maxlength") if counter else None,
        "choice_hints": getattr(bound.field.widget, "choice_hints", {}),
    }


@register.filter
def choice_hint(hints: dict[str, Any], choice: BoundWidget) -> Any:
    """The hint below one radio or checkbox, from the widget's `choice_hints`."""
    return hints.get(str(choice.data["value"]), "")


@register.filter
def error_links(form: forms.BaseForm | forms.BaseFormSet) -> list[ErrorLink]:
    """Every error of a form or formset, each with the control it belongs to."""
    if isinstance(form, forms.BaseFormSet):
        links = [ErrorLink("", str(message)) for message in form.non_form_errors()]
        return links + [link for part in form.forms for link in error_links(part)]
    return list(_form_error_links(form)) if form else []


def _form_error_links(form: forms.BaseForm) -> Iterator[ErrorLink]:
    for name, messages in form.errors.items():
        bound = form[name] if name in form.fields else None
        for message in messages:
            yield (
                ErrorLink(_control_id(bound), _says_where(bound, str(message)))
                if bound
                else ErrorLink("", str(message))
            )


def _says_where(bound: BoundField, message: str) -> str:
    """Django's own "required" says nothing about its field, and on top of the page it stands alone."""
    return f"{bound.label}: {message}" if message == NOTHING_GIVEN else message


def _control_id(bound: BoundField) -> str:
    """The id to jump to: the control's, or the first choice's of a group."""
    return bound.id_for_label or f"{bound.auto_id}_0"


# --- Pieces --------------------------------------------------------------------------------------


@register.inclusion_tag("includes/icon.html")
def icon(name: str, label: str = "", css_class: str = "") -> dict[str, str]:
    """An icon of static/img/icons.svg; without a label it is decoration."""
    return {"name": name, "label": label, "css_class": css_class}


@register.inclusion_tag("includes/status_tag.html")
def status_tag(status: str, label: Any) -> dict[str, Any]:
    """The coloured tag of a request's status, with its icon."""
    return {"status": status, "label": label}


@register.simple_tag
def logo_url(municipality: Any) -> str:
    """Address of the municipality's logo, or of the project's own.

    The path is typed by people: a wrong one must not take every page down.
    """
    path = getattr(municipality, "logo", "") or DEFAULT_LOGO
    try:
        return static(path)
    except ValueError:
        return static(DEFAULT_LOGO)


# --- Dates and numbers ---------------------------------------------------------------------------


def _format(value: date, formats: dict[str, str]) -> str:
    language = (get_language() or "tr").split("-")[0]
    return date_format(value, formats.get(language, formats["en"]))


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.filter
def long_date(value: date | None) -> str:
    """20 Kasım 2026 Cuma."""
    if value is None:
        return ""
    return _format(_local(value) if isinstance(value, datetime) else value, LONG_DATE)


@register.filter
def short_date(value: date | None) -> str:
    """20 Kasım 2026."""
    if value is None:
        return ""
    return _format(_local(value) if isinstance(value, datetime) else value, SHORT_DATE)


@register.filter
def clock(value: datetime | None) -> str:
    """14.30."""
    return "" if value is None else _format(_local(value), CLOCK)


@register.filter
def long_datetime(value: datetime | None) -> str:
    """20 Kasım 2026 Cuma, 14.30."""
    return "" if value is None else f"{long_date(value)}, {clock(value)}"


@register.filter
def short_datetime(value: datetime | None) -> str:
    """20 Kasım 2026, 14.30."""
    return "" if value is None else f"{short_date(value)}, {clock(value)}"


@register.filter
def days_left(days: int | None) -> str:
    """3 gün kaldı, Bugün son gün, 2 gün gecikti."""
    if days is None:
        return ""
    if days == 0:
        return gettext("Due today")
    if days < 0:
        return ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


@register.filter
def working_days_left(days: int | None) -> str:
    """3 iş günü kaldı, Bugün son gün, 2 iş günü gecikti."""
    if days is None:
        return ""
    if days == 0:
        return gettext("Due today")
    if days < 0:
        late = ngettext("%(days)d working day late", "%(days)d working days late", -days)
        return late % {"days": -days}
    left = ngettext("%(days)d working day left", "%(days)d working days left", days)
    return left % {"days": days}


@register.filter
def age(value: datetime | None) -> str:
    """How long ago, in its largest unit: 5 dk, 3 saat, 2 gün."""
    if value is None:
        return ""
    minutes = max(0, int((timezone.now() - value).total_seconds() // 60))
    if minutes < 60:
        return gettext("%(count)d min") % {"count": minutes}
    if minutes < 24 * 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


@register.filter
def number(value: float | None) -> str:
    """1.250."""
    return "" if value is None else number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def unbroken_numbers(text: str) -> SafeString:
    """The text, with every number of an application or a phone in it kept on one line."""
    return mark_safe(NUMBERS.sub(r'<span class="u-nowrap">\g<0></span>', conditional_escape(text)))  # noqa: S308


@register.filter
def coordinate(value: float | str | None) -> str:
    """A latitude or longitude for a machine: a point, never the locale's comma."""
    # A variable that the page did not set arrives as "".
    return "" if value is None or value == "" else f"{float(value):.6f}"


@register.filter
def filesize_tr(size: int | None) -> str:
    """1,2 MB."""
    if size is None:
        return ""
    if size < 1_000_000:
        return gettext("%(size)s kB") % {"size": number_format(max(1, round(size / 1000)))}
    return gettext("%(size)s MB") % {"size": number_format(round(size / 1_000_000, 1))}
