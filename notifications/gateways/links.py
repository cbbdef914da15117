"""Finds links in a text. SMS that come from abroad with a link in them are not delivered in Türkiye."""

import re

# Endings people write in messages here; any other ending counts when the whole word is in lower case,
# so that a forgotten space after a full stop ("alındı.Bilgi") is not taken for an address.
_KNOWN_ENDINGS = "com|net|org|edu|gov|bel|tr|info|biz|mobi|istanbul|io|co|app|dev|me|ly|gl|link|site|online|xyz"
_LINK = re.compile(
    rf"""
    [a-z][a-z0-9+.-]*://                                     # a scheme
    | \bwww\.
    | (?<![\w.])(?:[\w-]+\.)+(?:{_KNOWN_ENDINGS})(?![\w-])   # a known ending, whatever its case
    | (?<![\w.])(?-i:(?:[a-z0-9-]{{2,}}\.)+[a-z]{{2,24}})(?![\w-])
    """,
    re.IGNORECASE | re.VERBOSE,
)


def find_link(text: str) -> str:
    """The first link, domain or e-mail address in ``text``, or nothing."""
    found = _LINK.search(text)
    return found.group(0) if found else ""
