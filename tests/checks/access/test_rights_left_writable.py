"""Serializers that take rights from the request."""

from __future__ import annotations

import pytest

APP = {
    "shop/urls.py": """
        from django.urls import path
        from . import views
        urlpatterns = [path("join/", views.JoinView.as_view()), path("me/", views.MeView.as_view())]
    """,
    "shop/models.py": """
        from django.db import models
        class Member(models.Model):
            name = models.CharField(max_length=80)
            role = models.CharField(max_length=20, default="buyer")
            balance = models.DecimalField(max_digits=9, decimal_places=2)
    """,
    "shop/serializers.py": """
        from rest_framework import serializers
        from .models import Member
        class JoinSerializer(serializers.ModelSerializer):
            class Meta:
                model = Member
                fields = ["name", "role"]
        class MeSerializer(serializers.ModelSerializer):
            class Meta:
                model = Member
                fields = ["name", "balance"]
                read_only_fields = ["balance"]
    """,
    "shop/views.py": """
        from rest_framework import generics, permissions
        from .models import Member
        from .serializers import JoinSerializer, MeSerializer
        class JoinView(generics.CreateAPIView):
            queryset = Member.objects.all()
            serializer_class = JoinSerializer
            permission_classes = [permissions.AllowAny]
        class MeView(generics.RetrieveUpdateAPIView):
            serializer_class = MeSerializer
            permission_classes = [permissions.IsAuthenticated]
            def get_object(self):
                return self.request.user.member
    """,
    "manage.py": "import django",
}
ONLY = "access/rights_left_writable"


def changed(path: str, old: str, new: str) -> dict[str, str]:
    return {**APP, path: APP[path].replace(old, new)}


def test_a_role_among_the_fields_of_a_sign_up(audit_files):
    (found,) = audit_files(APP, only=ONLY)
    assert "role" in found.detail


@pytest.mark.parametrize(
    "files",
    [
        changed("shop/serializers.py", '"name", "role"', '"name"'),
        changed("shop/views.py", "permissions.AllowAny", "permissions.IsAdminUser"),
        changed(
            "shop/models.py", "class Member", "ROLES = [\n('buyer', 'B'),\n('seller', 'S'),\n]\n        class Member"
        ),
        changed(
            "shop/serializers.py",
            "class MeSer",
            "    def validate_role(self, value):\n"
            "                if value == 'admin':\n"
            "                    raise serializers.ValidationError('no')\n"
            "                return value\n"
            "        class MeSer",
        ),
    ],
)
def test_no_role_admins_alone_and_roles_without_power(audit_files, files):
    assert not audit_files(files, only=ONLY)


def test_a_balance_that_is_no_longer_closed(audit_files):
    files = changed("shop/serializers.py", 'read_only_fields = ["balance"]', "pass")
    assert len(audit_files(files, only=ONLY)) == 2


def test_a_kind_of_account_is_asked_for_under_its_own_name(audit_files):
    files = {path: text.replace("role", "account_type") for path, text in APP.items()}
    listed = "ACCOUNT_TYPES = [\n('buyer', 'B'),\n('seller', 'S'),\n]\n        class Member"
    assert len(audit_files(files, only=ONLY)) == 1
    files["shop/models.py"] = files["shop/models.py"].replace("class Member", listed)
    assert not audit_files(files, only=ONLY)
