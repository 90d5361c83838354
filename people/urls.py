from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from people import views
from people.forms import SignInForm

urlpatterns = [
    path(
        "sign-in/",
        LoginView.as_view(
            template_name="people/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
        ),
        name="sign-in",
    ),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("password/changed/", views.password_changed, name="password-changed"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read_notices, name="notices-read"),
    path("p/<slug:slug>/people/", views.people, name="people"),
]
