"""Secrets in links, now and then typed from paper."""

from hypothesis import given
from hypothesis import strategies as st

from common.secrets import new_secret, secret_hash

ALPHABET = set("0123456789abcdefghjkmnpqrstvwxyz")


def test_a_secret_has_at_least_128_bits_in_letters_that_cannot_be_confused() -> None:
    secret = new_secret()
    assert set(secret) <= ALPHABET
    assert len(ALPHABET) ** len(secret) >= 2**128


def test_no_two_secrets_are_the_same() -> None:
    assert len({new_secret() for _ in range(1000)}) == 1000


def test_a_secret_typed_from_paper_is_still_the_same() -> None:
    assert secret_hash("  AB0D-1FGH ") == secret_hash("ab0d1fgh") == secret_hash("abodlfgh") == secret_hash("ABODIFGH")


def test_turkish_letters_from_a_turkish_keyboard_are_read_as_meant() -> None:
    assert secret_hash("İ") == secret_hash("ı") == secret_hash("1")


def test_another_secret_has_another_hash() -> None:
    assert secret_hash(new_secret()) != secret_hash(new_secret())


@given(st.text())
def test_anything_typed_has_a_hash_of_64_digits(text: str) -> None:
    assert len(secret_hash(text)) == 64
