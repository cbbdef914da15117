from django.urls import path, register_converter

from requests_app.urls.converters import NumberConverter, StepConverter
from requests_app.views import apply, apply_steps, pages, track, track_request

register_converter(StepConverter, "application_step")
register_converter(NumberConverter, "request_number")

app_name = "portal"
urlpatterns = [
    path("", pages.home, name="home"),
    path("basvuru/", apply.start, name="apply"),
    path("basvuru/alindi/", apply.receipt, name="receipt"),
    path("basvuru/check/", apply.check),
    path("basvuru/<application_step:step>/", apply_steps.step, name="apply_step"),
    path("takip/", track.track, name="track"),
    path("takip/kod/", track.track_code, name="track_code"),
    path("takip/basvuru/<request_number:number>/", track_request.show, name="request"),
    path("takip/basvuru/<request_number:number>/ekle/", track_request.add, name="request_add"),
    path("takip/basvuru/<request_number:number>/geri-cek/", track_request.withdraw, name="request_withdraw"),
    path("takip/basvuru/<request_number:number>/yeniden-ac/", track_request.reopen, name="request_reopen"),
    path("takip/basvuru/<request_number:number>/degerlendir/", track_request.rate, name="request_rate"),
    path("takip/basvuru/<request_number:number>/bilgilerim/", track_request.contact, name="request_contact"),
    path("takip/<str:secret>/", track.track_link, name="track_link"),
    path("aydinlatma-metni/", pages.disclosure, name="disclosure"),
    path("erisilebilirlik/", pages.accessibility, name="accessibility"),
]
