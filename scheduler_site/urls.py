from django.contrib import admin
from django.urls import include, path

from people.attempts import AdminSignInForm

admin.site.login_form = AdminSignInForm

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("people.urls")),
    path("", include("scheduling.urls")),
    path("", include("reports.urls")),
]

handler500 = "scheduler_site.errors.server_error"
