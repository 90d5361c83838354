from django.urls import path

from reports import views

urlpatterns = [
    path("p/<slug:slug>/schedules/<int:number>/proof/", views.proof, name="proof"),
]
