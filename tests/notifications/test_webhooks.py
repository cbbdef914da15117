"""Who may tell us something: the doors for gateways."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import InboundNotice
from notifications.services import notices
from notifications.webhooks import MOST_BYTES
from tests.notifications.gateway_calls import address, post, push
from tests.providers import twilio

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("doors")]

DELIVERED = {"type": "outbound", "message_id": "13582302", "status": "DELIVERED", "dest": "905000000001"}


def _receipt(**changes: Any) -> twilio.Call:
    return twilio.receipt(address("twilio_receipts"), "SM1", "delivered", **changes)


def test_what_twilio_signed_is_written_down_as_it_came() -> None:
    call = _receipt()
    assert post(call) == 204
    notice = InboundNotice.objects.get()
    assert (notice.gateway, notice.kind, notice.payload) == ("twilio", "receipt", call.body)


def test_parameters_we_do_not_know_are_no_reason_to_refuse() -> None:
    call = twilio.call(address("twilio_receipts"), {"MessageSid": "SM1", "MessageStatus": "sent", "Yenilik": "ğüş"})
    assert post(call) == 204


@pytest.mark.parametrize(
    "forged",
    [
        twilio.Call("/", {}, ""),
        twilio.Call("/", {}, "bm90IGEgc2lnbmF0dXJl"),
        twilio.Call("/", {}, "ığ" * 14),
    ],
    ids=["none", "another", "no letters"],
)
def test_a_forged_signature_is_refused_without_a_word(forged: twilio.Call, broker: Any) -> None:
    call = _receipt()
    answer = Client().post(
        call.path,
        data=call.body,
        content_type="application/x-www-form-urlencoded",
        HTTP_X_TWILIO_SIGNATURE=forged.signature,
    )
    assert (answer.status_code, answer.content) == (403, b"")
    assert not InboundNotice.objects.exists()
    assert notices.refusals() == {("twilio", "signature"): 1}


def test_a_signature_by_another_account_is_refused() -> None:
    assert post(_receipt(token="somebody-else")) == 403


def test_a_signed_call_with_one_letter_changed_is_refused() -> None:
    call = _receipt()
    assert post(twilio.Call(call.address, call.form | {"MessageStatus": "failed"}, call.signature)) == 403


def test_a_signature_is_good_for_one_address_only() -> None:
    call = _receipt()
    assert post(twilio.Call(address("twilio_messages"), call.form, call.signature)) == 403


def test_the_host_header_has_no_say(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    elsewhere = _receipt().address.replace(settings.PUBLIC_BASE_URL, "https://evil.example")
    assert post(twilio.receipt(elsewhere, "SM1", "delivered"), host="evil.example") == 403
    assert post(_receipt(), host="evil.example") == 204


def test_without_a_token_nothing_is_believed(settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    assert post(_receipt(token="")) == 403


def test_a_listed_address_with_the_secret_is_let_in() -> None:
    assert push("verimor", [DELIVERED]) == 200
    assert InboundNotice.objects.get().gateway == "verimor"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [({"secret": "guessed"}, "secret"), ({"remote": "198.51.100.1"}, "address"), ({"remote": "nonsense"}, "address")],
)
def test_a_wrong_secret_or_address_is_refused(wrong: dict[str, str], reason: str, broker: Any) -> None:
    assert push("verimor", [DELIVERED], **wrong) == 403
    assert not InboundNotice.objects.exists()
    assert notices.refusals() == {("verimor", reason): 1}


def test_without_a_secret_everybody_is_refused(settings: Any) -> None:
    settings.WEBHOOK_SECRET = ""
    assert push("verimor", [DELIVERED], secret="x") == 403


def test_without_a_list_everybody_is_refused(settings: Any) -> None:
    settings.VERIMOR_ADDRESSES = []
    assert push("verimor", [DELIVERED]) == 403


def test_the_address_is_what_our_own_proxy_saw(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    assert push("verimor", [DELIVERED], remote="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.7") == 200
    assert push("verimor", [DELIVERED], remote="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.7, 198.51.100.1") == 403


@pytest.mark.parametrize("door", ["twilio_receipts", "twilio_messages"])
def test_a_giant_body_is_not_even_read(door: str) -> None:
    call = twilio.call(address(door), {"MessageSid": "SM1", "Body": "x" * MOST_BYTES})
    assert post(call) == 413
    assert push("verimor", b"x" * (MOST_BYTES + 1)) == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"\xff\xfe", b"7", b"[1]", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}", b"null"],
    ids=["empty", "text", "bytes", "number", "list of numbers", "deep", "long number", "null"],
)
def test_what_is_no_json_of_theirs_is_refused_and_breaks_nothing(body: bytes) -> None:
    assert push("verimor", body) == 400
    assert not InboundNotice.objects.exists()


@pytest.mark.parametrize("name", ["message_id", "status", "content"])
@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 5000])
def test_texts_no_database_takes_are_written_down_all_the_same(name: str, text: str) -> None:
    assert push("verimor", [DELIVERED | {name: text}]) == 200
    assert InboundNotice.objects.count() == 1


def test_a_signed_nul_byte_is_written_down_all_the_same() -> None:
    assert post(twilio.call(address("twilio_messages"), {"MessageSid": "SM\0", "Body": "a\0b"})) == 204


def test_a_form_with_more_fields_than_theirs_is_refused() -> None:
    assert post(twilio.call(address("twilio_receipts"), {f"Field{n}": "" for n in range(400)})) == 403


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
def test_twilio_sends_forms_and_nothing_else(kind: str) -> None:
    call = _receipt()
    answer = Client().post(call.path, data=call.body, content_type=kind, HTTP_X_TWILIO_SIGNATURE=call.signature)
    assert answer.status_code == 403


def test_what_is_told_twice_is_there_once() -> None:
    assert [post(_receipt()), post(_receipt())] == [204, 204]
    assert [push("verimor", [DELIVERED, DELIVERED]), push("verimor", [DELIVERED])] == [200, 200]
    assert InboundNotice.objects.count() == 2


def test_a_list_is_one_statement(django_assert_num_queries: Any) -> None:
    many = [DELIVERED | {"message_id": str(number)} for number in range(50)]
    with django_assert_num_queries(1):
        push("verimor", many)
    assert InboundNotice.objects.count() == 50


def test_nobody_gets_a_session_or_a_page() -> None:
    answer = Client().get(reverse("webhooks:twilio_receipts"))
    assert (answer.status_code, answer.content, answer.cookies) == (405, b"", {})
    assert answer.headers["Content-Length"] == "0"
    answer = Client().get("/webhooks/nowhere/")
    assert (answer.status_code, answer.content) == (404, b"")


def test_the_text_of_an_sms_is_not_kept_with_its_receipt() -> None:
    push("iletimerkezi", {"report": {"id": 1, "packet_id": 2, "status": "delivered", "to": "", "body": "Kod 482913"}})
    assert "482913" not in InboundNotice.objects.get().payload
