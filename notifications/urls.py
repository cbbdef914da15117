"""The citizens' pages about announcements. Their addresses are words: Turkish at /, English at /en/."""

from django.urls import path
from django.utils.translation import pgettext_lazy

from notifications import views

app_name = "announcements"
urlpatterns = [
    path(pgettext_lazy("address", "announcements/"), views.subscribe, name="subscribe"),
    path(pgettext_lazy("address", "announcements/code/"), views.code, name="code"),
    path(pgettext_lazy("address", "announcements/mine/"), views.mine, name="mine"),
    path("a/<str:token>/", views.leave, name="leave"),  # stands in texts that are paid for by the letter
]
