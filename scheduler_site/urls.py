from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("people.urls")),
    path("", include("scheduling.urls")),
    path("", include("reports.urls")),
]

handler500 = "scheduler_site.errors.server_error"
