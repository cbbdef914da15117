from django.urls import path

from requests_app.views import api

app_name = "api"
urlpatterns = [
    path("v1/neighbourhoods/locate", api.Locate.as_view(), name="locate"),
    path("v1/neighbourhoods.geojson", api.neighbourhoods, name="neighbourhoods"),
    path("v1/categories/suggest", api.Suggest.as_view(), name="suggest"),
]
