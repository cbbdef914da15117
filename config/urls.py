"""Every address of the portal.

What people read is Turkish at / and English at /en/; what machines read has no language.
"""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from config import views

# The first page lists the same, and the tables need the width.
admin.site.enable_nav_sidebar = False

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("marka.css", views.brand_css, name="brand_css"),
    path("dosya/", include("requests_app.urls.files")),
    path("webhooks/", include("notifications.webhook_urls")),
    path("api/", include("requests_app.urls.api")),
    *i18n_patterns(
        # No row has a page on the portal; the stock redirect to it only breaks on odd ids.
        re_path("^admin/r/", views.page_not_found, {"exception": None}),
        path("admin/", admin.site.urls),
        path("hesap/", include("accounts.urls")),
        path("masa/", include("requests_app.urls.desk")),
        path("", include("notifications.urls")),
        path("", include("requests_app.urls.portal")),
        prefix_default_language=False,
    ),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"
