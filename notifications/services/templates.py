"""Templates: loaded from reference data, revised by staff. A version is never changed, only followed."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from common.errors import InvalidInput, NotPermitted
from common.packs import Counts, Item, read_items
from notifications import policies
from notifications.models import MessageTemplate
from notifications.services import rendering

_FILE = "message_templates.json"


@dataclass(frozen=True, slots=True)
class _Wording:
    event: str
    language: str
    title: str
    body: str
    fields: list[str]


@transaction.atomic
def load(pack: Path) -> Counts:
    """Bring in ``message_templates.json`` of a reference pack; loading it again changes nothing.

    A body that differs from what the pack brought last becomes a new version. It comes into use unless
    staff have written their own wording since; theirs stays ("kept"). Raises PackError naming the item.
    """
    counts = Counts("message templates")
    for item in read_items(pack, _FILE, key=("event", "language")):
        _load_one(_read(item), counts)
    return counts


@transaction.atomic
def revise(*, actor: User, event: str, language: str, body: str) -> MessageTemplate:
    """Add a version of a text and take it into use. The same text as the one in use adds nothing.

    Needs ``notifications.change_messagetemplate``. Raises NotPermitted, or InvalidInput on ``body`` where
    it is empty, too long, badly written or uses a field that the event does not supply.
    """
    if not policies.can_revise_templates(actor):
        raise NotPermitted
    body = _plain_lines(body)
    rendering.check_body(body, allowed=fields_supplied(event))
    newest = _locked_versions(event, language)
    in_use = next((version for version in newest if version.is_active), None)
    if in_use is not None and in_use.body == body:
        return in_use
    title, fields = (in_use.title, in_use.fields) if in_use else ("", sorted(fields_supplied(event)))
    wording = _Wording(event, language, title, body, fields)
    added = _add(wording, newest, source=MessageTemplate.Source.STAFF, author=actor)
    _activate(added)
    return added


@transaction.atomic
def activate(*, actor: User, template: MessageTemplate) -> None:
    """Take an earlier version into use again. Needs ``notifications.change_messagetemplate``."""
    if not policies.can_revise_templates(actor):
        raise NotPermitted
    _locked_versions(template.event, template.language)
    _activate(template)


def fields_supplied(event: str) -> set[str]:
    """The fields that whoever sends ``event`` supplies, as the reference data tells."""
    listed = MessageTemplate.objects.filter(event=event).values_list("fields", flat=True)
    return {name for fields in listed for name in fields}


def _read(item: Item) -> _Wording:
    body = _plain_lines(item.text("body", max_length=612))
    try:
        used = rendering.fields_of(body)
    except InvalidInput as error:
        item.fail("body", str(error))
    extra = item.value("fields", [])
    if not isinstance(extra, list) or not all(isinstance(name, str) for name in extra):
        item.fail("fields", "must be a list of field names.")
    wording = _Wording(
        event=item.text("event", max_length=64),
        language=item.text("language", max_length=8),
        title=item.text("title", "", max_length=100),
        body=body,
        fields=sorted({*used, *extra}),
    )
    item.finish()
    return wording


def _load_one(wording: _Wording, counts: Counts) -> None:
    versions = _locked_versions(wording.event, wording.language)
    from_pack = [version for version in versions if version.source == MessageTemplate.Source.PACK]
    if from_pack and _same(from_pack[0], wording):
        counts.unchanged += 1
        return
    added = _add(wording, versions, source=MessageTemplate.Source.PACK, author=None)
    in_use = next((version for version in versions if version.is_active), None)
    if in_use is not None and in_use.source == MessageTemplate.Source.STAFF:
        counts.kept += 1
        return
    _activate(added)
    counts.updated += 1 if versions else 0
    counts.created += 0 if versions else 1


def _same(version: MessageTemplate, wording: _Wording) -> bool:
    return (version.title, version.body, version.fields) == (wording.title, wording.body, wording.fields)


def _locked_versions(event: str, language: str) -> list[MessageTemplate]:
    return list(MessageTemplate.objects.versions_of(event, language).select_for_update())


def _add(
    wording: _Wording, versions: list[MessageTemplate], *, source: MessageTemplate.Source, author: User | None
) -> MessageTemplate:
    return MessageTemplate.objects.create(
        event=wording.event,
        language=wording.language,
        version=versions[0].version + 1 if versions else 1,
        title=wording.title,
        body=wording.body,
        fields=wording.fields,
        source=source,
        created_by=author,
    )


def _activate(template: MessageTemplate) -> None:
    others = Q(event=template.event, language=template.language, is_active=True) & ~Q(pk=template.pk)
    MessageTemplate.objects.filter(others).update(is_active=False)
    MessageTemplate.objects.filter(pk=template.pk).update(is_active=True)
    template.is_active = True


def _plain_lines(body: str) -> str:
    """Browsers send CR LF; a CR would cost a character of every message."""
    return body.replace("\r\n", "\n").replace("\r", "\n").strip()
