"""Secrets that stand in links and are now and then typed from paper, and what is kept unreadable."""

import base64
import hashlib
import secrets
from typing import Final

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

# Crockford's letters: no i, l, o or u, so nothing looks like a one or a zero and no words appear.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH: Final = 26  # 26 letters of 5 bits: 130 bits
_READ_AS: Final = str.maketrans({"o": "0", "i": "1", "ı": "1", "l": "1", " ": None, "-": None})


def new_secret() -> str:
    """A new secret of 130 random bits, 26 lower-case letters and digits, safe in an address."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def secret_hash(secret: str) -> str:
    """What is stored instead of the secret: 64 hexadecimal digits.

    Upper case, spaces, dashes and look-alike letters are read as what was meant. A plain hash is enough
    because the secret is random and long: there is nothing to guess from.
    """
    read = secret.replace("İ", "i").lower().translate(_READ_AS)
    return hashlib.sha256(read.encode("utf-8", "surrogatepass")).hexdigest()


def cipher(purpose: str) -> MultiFernet:
    """Encrypts under SECRET_KEY and also reads what older keys wrote; what one purpose wrote, no other reads."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(purpose, secret)) for secret in keys])


def _key(purpose: str, secret: str) -> bytes:
    """SECRET_KEY is long and random, so one hash makes a key of it."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{secret}".encode()).digest())
