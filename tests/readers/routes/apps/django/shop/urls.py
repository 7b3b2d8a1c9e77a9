from django.urls import path

from . import views

urlpatterns = [
    path("totals/", views.Totals.as_view()),
    path("ask/", views.ask),
]
