from django.urls import path

from . import views

urlpatterns = [
    path("", views.index),
    path("<int:zine_id>/", views.show, name="zine"),
    path("<int:zine_id>/publish/", views.publish),
    path("mine/", views.MyZines.as_view()),
    path("<int:pk>/edit/", views.EditZine.as_view()),
]
