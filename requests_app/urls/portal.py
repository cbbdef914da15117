"""The citizens' pages. Their addresses are words like any other: Turkish at /, English at /en/."""

from django.urls import path, register_converter
from django.utils.translation import pgettext_lazy

from requests_app.urls.converters import NumberConverter, StepConverter
from requests_app.views import apply, pages, track, track_request

register_converter(StepConverter, "application_step")
register_converter(NumberConverter, "request_number")

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path(pgettext_lazy("address", "apply/"), apply.start, name="apply"),
    path(pgettext_lazy("address", "apply/received/"), apply.receipt, name="receipt"),
    path(pgettext_lazy("address", "apply/<application_step:step>/"), apply.step, name="apply_step"),
    path(pgettext_lazy("address", "track/"), track.track, name="track"),
    path(pgettext_lazy("address", "track/code/"), track.track_code, name="track_code"),
    path(pgettext_lazy("address", "track/forget/"), track.forget, name="forget"),
    path(pgettext_lazy("address", "track/application/<request_number:number>/"), track_request.show, name="request"),
    path(
        pgettext_lazy("address", "track/application/<request_number:number>/add/"),
        track_request.add,
        name="request_add",
    ),
    path(
        pgettext_lazy("address", "track/application/<request_number:number>/withdraw/"),
        track_request.withdraw,
        name="request_withdraw",
    ),
    path(
        pgettext_lazy("address", "track/application/<request_number:number>/continue/"),
        track_request.restore,
        name="request_restore",
    ),
    path(
        pgettext_lazy("address", "track/application/<request_number:number>/reopen/"),
        track_request.reopen,
        name="request_reopen",
    ),
    path(
        pgettext_lazy("address", "track/application/<request_number:number>/rate/"),
        track_request.rate,
        name="request_rate",
    ),
    path(
        pgettext_lazy("address", "track/application/<request_number:number>/my-details/"),
        track_request.contact,
        name="request_contact",
    ),
    path(
        pgettext_lazy("address", "track/application/<request_number:number>/no-announcements/"),
        track_request.announcements,
        name="request_announcements",
    ),
    path(pgettext_lazy("address", "track/<str:secret>/"), track.track_link, name="track_link"),
    path(pgettext_lazy("address", "scorecard/"), pages.scorecard, name="scorecard"),
    path(pgettext_lazy("address", "personal-data/"), pages.disclosure, name="disclosure"),
    path(pgettext_lazy("address", "accessibility/"), pages.accessibility, name="accessibility"),
]
