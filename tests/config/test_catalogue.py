"""Turkish is complete, and the compiled catalogue is the one that was written."""

import ast
import re
from pathlib import Path

import polib
from django.conf import settings

TURKISH = Path(settings.BASE_DIR) / "locale" / "tr" / "LC_MESSAGES" / "django.po"
APPS = ("accounts", "common", "config", "departments", "notifications", "requests_app")
CALLS = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy"}


def test_no_sentence_is_missing_or_fuzzy() -> None:
    catalogue = polib.pofile(str(TURKISH))
    assert [entry.msgid for entry in catalogue if not entry.translated()] == []


def test_the_compiled_catalogue_is_up_to_date() -> None:
    written = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.pofile(str(TURKISH))}
    compiled = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.mofile(str(TURKISH.with_suffix(".mo")))}
    assert compiled == written


def test_every_sentence_of_the_code_is_in_the_catalogue() -> None:
    known = {entry.msgid for entry in polib.pofile(str(TURKISH))}
    assert _sentences_of_the_code() - known == set()


def test_placeholders_are_the_same_in_both_languages() -> None:
    names = re.compile(r"%\((\w+)\)[sd]")
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(TURKISH))
        if not entry.msgid_plural and set(names.findall(entry.msgid)) != set(names.findall(entry.msgstr))
    ]
    assert wrong == []


def _sentences_of_the_code() -> set[str]:
    found = set()
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
                    argument = node.args[-1]
                    if isinstance(argument, ast.Constant):
                        found.add(argument.value)
    return found
