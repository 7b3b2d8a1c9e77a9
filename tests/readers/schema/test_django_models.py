"""Django's models become the tables that its migrations would make."""

from __future__ import annotations

from textwrap import dedent

import pytest

from apprescue.model.schema import Schema, Table
from apprescue.readers.schema.django_models import read

SHOP = """
    import uuid
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.contrib.postgres.fields import ArrayField
    from django.db import models
    from django.db.models import Q

    class Dated(models.Model):
        made_at = models.DateTimeField(auto_now_add=True, db_index=True)

        class Meta:
            abstract = True

    class Artist(Dated):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
        slug = models.SlugField(max_length=50)
        tags = ArrayField(models.CharField(max_length=9))
        rate = models.DecimalField(max_digits=6, decimal_places=2, null=True, db_default=0)
        fans = models.ManyToManyField("people.Person", related_name="artists")
        friends = models.ManyToManyField("self")

    class Print(Dated):
        artist = models.ForeignKey(Artist, models.PROTECT, related_name="prints")
        buyer = models.ForeignKey("people.Person", on_delete=models.SET_NULL, null=True, db_index=False)
        title = models.CharField(max_length=80, unique=True)
        number = models.PositiveIntegerField()

        class Meta:
            db_table = "prints"
            unique_together = [("artist", "number")]
            indexes = [models.Index(fields=["artist", "-made_at"], name="recent")]
            constraints = [
                models.UniqueConstraint(fields=["buyer"], condition=Q(number=1), name="first_once"),
                models.CheckConstraint(check=Q(number__gt=0), name="counted"),
            ]

    class Framed(Print):
        wood = models.TextField(blank=True)

    class Sold(Print):
        class Meta:
            proxy = True
"""
PEOPLE = """
    from django.contrib.auth.models import AbstractUser
    from django.db import models

    class Person(AbstractUser):
        phone: str = models.CharField(max_length=20)
"""


def schema(**files: str) -> Schema:
    return read({name.replace("__", "/") + ".py": dedent(text) for name, text in files.items()})


@pytest.fixture
def shop() -> Schema:
    return schema(shop__models=SHOP, people__models=PEOPLE, site__settings="AUTH_USER_MODEL = 'people.Person'\n")


def table(found: Schema, name: str) -> Table:
    made = found.table(name)
    assert made is not None, [t.name for t in found.tables]
    return made


def columns(made: Table) -> list[str]:
    return [f"{c.name} {c.type}{'' if c.nullable else ' not null'}" for c in made.columns]


def indexes(made: Table) -> list[tuple[tuple[str, ...], bool]]:
    return [(i.columns, i.unique) for i in made.indexes]


def test_tables_are_named_as_in_the_database(shop: Schema) -> None:
    assert [t.name for t in shop.tables] == [
        "public.people_person",
        "public.shop_artist",
        "public.shop_artist_fans",
        "public.shop_artist_friends",
        "public.prints",
        "public.shop_framed",
    ]


def test_fields_with_those_of_abstract_parents(shop: Schema) -> None:
    artist = table(shop, "shop_artist")
    assert columns(artist) == [
        "made_at timestamptz not null",
        "id uuid not null",
        "user_id bigint not null",
        "slug varchar not null",
        "tags varchar[] not null",
        "rate numeric",
    ]
    assert artist.primary_key == ("id",)
    assert indexes(artist) == [(("made_at",), False), (("user_id",), True), (("slug",), False)]
    assert [(k.columns, k.to_table, k.on_delete) for k in artist.foreign_keys] == [
        (("user_id",), "public.people_person", "cascade")
    ]
    assert artist.columns[-1].default == "0"


def test_a_foreign_key_has_an_index_and_the_type_of_its_target(shop: Schema) -> None:
    prints = table(shop, "prints")
    assert columns(prints) == [
        "id bigint not null",
        "made_at timestamptz not null",
        "artist_id uuid not null",
        "buyer_id bigint",
        "title varchar not null",
        "number integer not null",
    ]
    assert [(k.to_table, k.to_columns, k.on_delete) for k in prints.foreign_keys] == [
        ("public.shop_artist", ("id",), "restrict"),
        ("public.people_person", ("id",), "set null"),
    ]
    assert indexes(prints) == [
        (("made_at",), False),
        (("artist_id",), False),
        (("title",), True),
        (("artist_id", "number"), True),
        (("artist_id", "made_at"), False),
        (("buyer_id",), True),
    ]
    assert (prints.indexes[-1].name, prints.indexes[-1].where) == ("first_once", "Q(number=1)")
    assert prints.checks == ("Q(number__gt=0)",)


def test_a_model_of_a_model_points_at_its_row(shop: Schema) -> None:
    framed = table(shop, "shop_framed")
    assert columns(framed) == ["print_ptr_id bigint not null", "wood text not null"]
    assert framed.primary_key == ("print_ptr_id",)
    assert framed.foreign_keys[0].to_table == "public.prints"


def test_many_to_many_has_its_own_table(shop: Schema) -> None:
    fans = table(shop, "shop_artist_fans")
    assert [(k.columns, k.to_table) for k in fans.foreign_keys] == [
        (("artist_id",), "public.shop_artist"),
        (("person_id",), "public.people_person"),
    ]
    assert (("artist_id", "person_id"), True) in indexes(fans)
    assert columns(table(shop, "shop_artist_friends"))[1:] == [
        "from_artist_id uuid not null",
        "to_artist_id uuid not null",
    ]


def test_the_users_of_django_have_their_columns(shop: Schema) -> None:
    person = table(shop, "people_person")
    assert {"password", "username", "is_staff", "is_superuser", "phone"} <= {c.name for c in person.columns}
    assert (("username",), True) in indexes(person)


def test_a_base_of_another_package_may_make_a_model() -> None:
    text = """
        from django.db import models
        from elsewhere import Page

        class Post(Page):
            body = models.TextField()
    """
    assert columns(table(schema(blog__models=text), "blog_post")) == ["id bigint not null", "body text not null"]


def test_without_an_own_user_the_key_points_at_djangos() -> None:
    text = """
        from django.contrib.auth.models import User
        from django.db import models

        class Note(models.Model):
            by = models.ForeignKey(User, on_delete=models.CASCADE)
            to = models.ForeignKey("Note", on_delete=models.DO_NOTHING, db_constraint=False)
            of = models.ForeignKey("self", on_delete=models.CASCADE)

            class Meta:
                app_label = "desk"
    """
    note = table(schema(notes__models__note=text), "desk_note")
    assert [k.to_table for k in note.foreign_keys] == ["public.auth_user", "public.desk_note"]


@pytest.mark.parametrize(
    "text",
    [
        "from django.db import models\nclass A(forms.ModelForm):\n    x = forms.CharField()\n",
        "from django.db.models import Q\nclass A:\n    x = CharField()\n",
        "from django.db import models\nclass A(models.Model):\n    class Meta:\n        abstract = True\n",
        "class A(models.Model):\n    x = models.TextField()\n",
    ],
)
def test_what_is_no_model_is_left(text: str) -> None:
    assert read({"a/models.py": text}).tables == ()


@pytest.mark.parametrize(
    "text",
    [
        "class A(models.Model):\n    x = models.ForeignKey(\n",
        "class A(A, models.Model):\n    x = models.ForeignKey()\n    y = models.ManyToManyField()\n",
        "class A(models.Model):\n    class Meta:\n        unique_together = x\n        indexes = [models.Index()]\n",
    ],
)
def test_broken_models_give_what_can_be_read(text: str) -> None:
    (made,) = read({"a/models.py": "from django.db import models\n" + text}).tables
    assert made.name == "public.a_a"
