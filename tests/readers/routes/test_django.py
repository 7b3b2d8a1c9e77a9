"""Django addresses and permissions in the forms that apps write them."""

from __future__ import annotations

from importlib import import_module

from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project

SETTINGS = """
import django
ROOT_URLCONF = "house.urls"
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}
"""
VIEWS = """
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from lamps.models import Lamp

class LampView(viewsets.ReadOnlyModelViewSet):
    queryset = Lamp.objects.all()

    @action(detail=False)
    def count(self, request):
        return Response(1)

class ShadeView(viewsets.ModelViewSet):
    queryset = Lamp.objects.all()
    permission_classes = [AllowAny]
    http_method_names = ["get", "post", "head", "options"]
"""
MODELS = "from django.db import models\n\nclass Lamp(models.Model):\n    name = models.TextField()\n"


def routes(urls: str, views: str = VIEWS, **files: str) -> dict[str, set[str]]:
    """Each route with the kinds of its guards. `__` in a file's name is a slash."""
    named = {f"{k.replace('__', '/')}.py": v for k, v in files.items()}
    given = {"house/settings.py": SETTINGS, "house/urls.py": urls, "lamps/views.py": views, "lamps/models.py": MODELS}
    flow = Flow(Project(given | named))
    reader = import_module("apprescue.readers.routes.django")
    return {str(r): {g.kind for g in r.guards} for r in (route_of(flow, e) for e in reader.read(flow))}


HEAD = "from django.urls import include, path\nfrom rest_framework import routers\nfrom lamps.views import *\n"


def test_a_router_of_the_app_s_own_class() -> None:
    found = routes(
        "from django.urls import include, path\nfrom house.routers import router\n"
        'urlpatterns = [path("api/", include((router.urls, "api"), namespace="v1"))]',
        house__routers="""
from rest_framework.routers import DefaultRouter
from lamps.views import LampView

class Named(DefaultRouter):
    def get_api_root_view(self, api_urls=None):
        return super().get_api_root_view(api_urls=api_urls)

router = Named()
router.register("lamps", LampView)
""",
    )
    assert found == {path: {"login"} for path in ("GET /api/lamps/", "GET /api/lamps/<pk>/", "GET /api/lamps/count/")}


def test_a_view_set_at_the_root_of_its_router() -> None:
    found = routes(
        HEAD + 'router = routers.SimpleRouter()\nrouter.register(r"", LampView)\n'
        'urlpatterns = [path("lamps/", include(router.urls))]'
    )
    assert set(found) == {"GET /lamps/", "GET /lamps/<pk>/", "GET /lamps/count/"}


def test_only_the_methods_that_a_view_allows() -> None:
    found = routes(
        HEAD + 'router = routers.SimpleRouter()\nrouter.register("shades", ShadeView)\nurlpatterns = router.urls'
    )
    assert set(found) == {"GET /shades/", "POST /shades/", "GET /shades/<pk>/"}


def test_routers_in_routers() -> None:
    found = routes(
        HEAD + "from rest_framework_nested.routers import NestedSimpleRouter\n"
        'router = routers.SimpleRouter()\nrouter.register("rooms", ShadeView)\n'
        'inner = NestedSimpleRouter(router, "rooms", lookup="room")\ninner.register("lamps", LampView)\n'
        "whole = routers.DefaultRouter()\nwhole.registry.extend(router.registry)\n"
        'urlpatterns = [path("api/", include(whole.urls)), path("api/", include(inner.urls))]'
    )
    assert set(found) == {
        "GET /api/rooms/",
        "POST /api/rooms/",
        "GET /api/rooms/<pk>/",
        "GET /api/rooms/<room_pk>/lamps/",
        "GET /api/rooms/<room_pk>/lamps/<pk>/",
        "GET /api/rooms/<room_pk>/lamps/count/",
    }


def test_views_of_packages() -> None:
    found = routes(
        HEAD + "from django.contrib import admin\nfrom rest_framework_simplejwt.views import TokenObtainPairView\n"
        "from rest_framework.authtoken.views import obtain_auth_token\n"
        "from rest_framework.permissions import IsAdminUser\nfrom drf_spectacular.views import SpectacularAPIView\n"
        "from django.contrib.auth import views as auth\n"
        'urlpatterns = [path("admin/", admin.site.urls), path("token/", TokenObtainPairView.as_view()),\n'
        'path("key/", obtain_auth_token), path("all/", include("allauth.urls")),\n'
        'path("in/", auth.LoginView.as_view()),\n'
        'path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAdminUser]))]'
    )
    assert found == {
        "POST /token/": set(),
        "POST /key/": set(),
        "ANY /in/": set(),
        "GET /schema/": {"login", "role"},
    }


def test_what_an_address_gives_its_view() -> None:
    found = routes(
        HEAD + "from rest_framework.permissions import AllowAny\n"
        'urlpatterns = [path("open/", LampView.as_view({"get": "list"}, permission_classes=[AllowAny])),\n'
        'path("shut/", LampView.as_view({"get": "list"}))]\n'
        'urlpatterns += [path("more/", LampView.as_view({"get": "count"}))]'
    )
    assert found == {"GET /open/": set(), "GET /shut/": {"login"}, "GET /more/": {"login"}}


def test_another_method_of_an_action() -> None:
    found = routes(
        HEAD + 'router = routers.SimpleRouter()\nrouter.register("me", Me, basename="me")\nurlpatterns = router.urls',
        views="""
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny

class Me(viewsets.GenericViewSet):
    @action(detail=False, methods=["get"], url_path="lamp", permission_classes=[AllowAny])
    def lamp(self, request):
        return Response(1)

    @lamp.mapping.delete
    def drop(self, request):
        return Response(1)
""",
    )
    assert found == {"GET /me/lamp/": set(), "DELETE /me/lamp/": set()}


LEVELS = """
from django.db import models
from rest_framework.permissions import BasePermission
from rest_framework.views import APIView

LEVELS = {"guest": 1, "keeper": 2}

class AtLeast(BasePermission):
    needed = None

    def has_permission(self, request, view):
        if not request.user or not request.user.is_authenticated:
            return False
        if self.needed is None:
            return True
        return LEVELS.get(request.user.role, 0) >= LEVELS.get(self.needed, 0)

class Keeper(AtLeast):
    needed = "keeper"

class State(models.TextChoices):
    AWAKE = "awake", "Awake"

class Awake(BasePermission):
    def has_permission(self, request, view):
        return bool(request.user and request.user.is_authenticated and request.user.status == State.AWAKE)

class One(APIView):
    permission_classes = [Keeper]
    def get(self, request):
        return Response(1)

class Two(APIView):
    permission_classes = [Awake]
    def get(self, request):
        return Response(1)

class Three(APIView):
    permission_classes = [AtLeast]
    def get(self, request):
        return Response(1)
"""


def test_levels_of_roles_are_roles_and_states_are_not() -> None:
    found = routes(
        HEAD
        + 'urlpatterns = [path("one/", One.as_view()), path("two/", Two.as_view()), path("three/", Three.as_view())]',
        views=LEVELS,
    )
    assert found == {"GET /one/": {"login", "role"}, "GET /two/": {"login"}, "GET /three/": {"login"}}


BY_ACTION = """
from rest_framework import viewsets
from rest_framework.permissions import AllowAny, IsAdminUser, IsAuthenticated
from lamps.models import Lamp

class LampView(viewsets.ModelViewSet):
    queryset = Lamp.objects.all()
    permission_classes = [IsAuthenticated]
    http_method_names = ["get", "post", "delete"]
    by_action = {"retrieve": [AllowAny], "create": [IsAdminUser]}

    def get_permissions(self):
        CHOOSE
"""


def by_action(choose: str) -> dict[str, set[str]]:
    return routes(
        HEAD + 'router = routers.SimpleRouter()\nrouter.register("lamps", LampView)\nurlpatterns = router.urls',
        views=BY_ACTION.replace("CHOOSE", choose),
    )


def test_permissions_by_action() -> None:
    wanted = {
        "GET /lamps/": {"login"},
        "GET /lamps/<pk>/": set(),
        "POST /lamps/": {"login", "role"},
        "DELETE /lamps/<pk>/": {"login"},
    }
    asked = "found = self.by_action.get(self.action, self.permission_classes)\n        return [one() for one in found]"
    tried = (
        "try:\n            return [one() for one in self.by_action[self.action]]\n"
        "        except KeyError:\n            return [one() for one in self.permission_classes]"
    )
    branched = (
        'if self.action == "retrieve":\n            return [AllowAny()]\n        if self.action in ["create"]:\n'
        "            return [IsAdminUser()]\n        return super().get_permissions()"
    )
    assert [by_action(one) for one in (asked, tried, branched)] == [wanted] * 3


def test_a_membership_with_a_role_is_a_role() -> None:
    found = routes(
        HEAD + 'urlpatterns = [path("one/", One.as_view()), path("two/", Two.as_view())]',
        views="""
from rest_framework.permissions import BasePermission
from rest_framework.views import APIView
from lamps.models import Member

class Keeper(BasePermission):
    def has_permission(self, request, view):
        return Member.objects.filter(user=request.user, role__in=["keeper"]).exists()

class Anyone(BasePermission):
    def has_permission(self, request, view):
        return Member.objects.filter(user=request.user, active=True).exists()

class One(APIView):
    permission_classes = [Keeper]
    def get(self, request):
        return Response(1)

class Two(APIView):
    permission_classes = [Anyone]
    def get(self, request):
        return Response(1)
""",
        lamps__models=MODELS + "\nclass Member(models.Model):\n    role = models.TextField()\n",
    )
    assert found == {"GET /one/": {"role"}, "GET /two/": {"login"}}
