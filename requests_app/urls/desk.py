"""The departments' desk at /masa/."""

from django.urls import path, register_converter

from requests_app.urls.converters import NumberConverter
from requests_app.views import desk, desk_delegation, desk_export, desk_request

register_converter(NumberConverter, "desk_number")

app_name = "desk"

urlpatterns = [
    path("", desk.queue, name="queue"),
    path("disa-aktar/", desk_export.export, name="export"),
    path("vekalet/", desk_delegation.delegations, name="delegate"),
    path("vekalet/<int:pk>/bitir/", desk_delegation.revoke, name="revoke"),
    path("<desk_number:number>/", desk_request.show, name="request"),
    path("<desk_number:number>/sms_preview/", desk_request.sms_preview, name="sms_preview"),
    path("<desk_number:number>/reveal_contact/", desk_request.reveal, name="reveal"),
    path("<desk_number:number>/<slug:verb>/", desk_request.act, name="act"),
]
