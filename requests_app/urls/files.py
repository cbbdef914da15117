from django.urls import path

from requests_app.views import files

app_name = "files"
urlpatterns = [path("<str:token>/", files.file, name="file")]
