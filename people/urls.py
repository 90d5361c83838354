from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.generic import TemplateView

from people import notice_views, password_views, views
from people.forms import SignInForm
from people.notice_choices import sends_mail

urlpatterns = [
    path(
        "sign-in/",
        LoginView.as_view(
            template_name="people/sign_in.html",
            authentication_form=SignInForm,
            redirect_authenticated_user=True,
            extra_context={"sends_mail": sends_mail},
        ),
        name="sign-in",
    ),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("password/changed/", views.password_changed, name="password-changed"),
    path("password/reset/", password_views.AskForNewPassword.as_view(), name="password-reset"),
    path(
        "password/reset/sent/",
        login_not_required(TemplateView.as_view(template_name="people/reset_sent.html")),
        name="password-reset-sent",
    ),
    path(
        "password/reset/done/",
        login_not_required(TemplateView.as_view(template_name="people/reset_done.html")),
        name="password-reset-done",
    ),
    path(
        "password/reset/<uidb64>/<token>/",
        password_views.SetNewPassword.as_view(),
        name="password-reset-confirm",
    ),
    path("notices/", notice_views.notices, name="notices"),
    path("notices/read/", notice_views.read_notices, name="notices-read"),
    path("notices/<int:pk>/read/", notice_views.read_notice, name="notice-read"),
    path("notices/choices/", notice_views.choices, name="notice-choices"),
    path("p/<slug:slug>/people/", views.people, name="people"),
]
