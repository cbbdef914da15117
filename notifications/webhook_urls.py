"""Addresses that gateways call. They have no language and no page."""

from django.urls import path

from notifications import webhooks as views
from notifications.models import InboundNotice

app_name = "webhooks"

RECEIPT = {"kind": InboundNotice.Kind.RECEIPT}
INBOUND = {"kind": InboundNotice.Kind.INBOUND}

urlpatterns = [
    path("twilio/receipts/", views.twilio, RECEIPT, name="twilio_receipts"),
    path("twilio/receipts/<uuid:message_id>/", views.twilio, RECEIPT, name="twilio_receipt"),
    path("twilio/messages/", views.twilio, INBOUND, name="twilio_messages"),
    path("verimor/<str:secret>/", views.listed, {"gateway": "verimor"}, name="verimor"),
    path("netgsm/receipts/<str:secret>/", views.listed, {"gateway": "netgsm", **RECEIPT}, name="netgsm_receipts"),
    path("netgsm/messages/<str:secret>/", views.listed, {"gateway": "netgsm", **INBOUND}, name="netgsm_messages"),
    path("iletimerkezi/<str:secret>/", views.listed, {"gateway": "iletimerkezi"}, name="iletimerkezi"),
]
