from django.contrib import admin
from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

from shop.views import OrderViewSet, SubscriberViewSet
from zines import views

router = DefaultRouter()
router.register(r"orders", OrderViewSet, basename="order")
router.register("subscribers", SubscriberViewSet)

urlpatterns = [
    path("admin/", admin.site.urls),
    path("zines/", include("zines.urls")),
    path("api/", include(router.urls)),
    path("api/shop/", include("shop.urls")),
    re_path(r"^archive/(?P<year>[0-9]{4})/$", views.archive),
]
