"""Django's queries as SQL, run on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.source.statements.shop import Shop, shop

MODELS = """
from django.db import models


class User(models.Model):
    email = models.TextField(unique=True)
    name = models.TextField(null=True)

    class Meta:
        db_table = "users"


class Post(models.Model):
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    title = models.TextField()
    status = models.TextField(default="draft")
    views = models.IntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "posts"


class Comment(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="remarks")
    author = models.ForeignKey(User, null=True, on_delete=models.CASCADE)
    body = models.TextField()

    class Meta:
        db_table = "comments"
"""


@pytest.fixture(scope="module")
def there() -> Iterator[Shop]:
    with shop() as made:
        yield made


def files(call: str) -> dict[str, str]:
    begin = "from django.db.models import Q, Sum, Count\nfrom shop.models import *\n"
    code = f"{begin}\n\ndef load(id, q, ids):\n    {call}\n"
    return {"shop/models.py": MODELS, "shop/views.py": code}


@pytest.mark.parametrize(
    ("call", "ids"),
    [
        ("filter(author=id).order_by('-created_at')", [2, 1]),
        ("filter(author__name='Ann').order_by('id')", [1, 2]),
        ("filter(title__icontains=q).order_by('id')", [1, 3]),
        ("filter(title__startswith='App')", [1]),
        ("exclude(views__gt=5).order_by('pk')", [2, 4]),
        ("filter(Q(views=0) | Q(title='Pears')).order_by('id')", [2, 4]),
        ("filter(pk__in=[1, 3]).order_by('id')", [1, 3]),
        ("filter(remarks__body='nice')", [3]),
        ("filter(views__range=(5, 7)).order_by('id')", [2, 3]),
        ("order_by('author__name', '-id')[:2]", [2, 1]),
        ("filter(author__name__isnull=False, views=0)", [4]),
    ],
)
def test_conditions(there: Shop, call: str, ids: list[int]) -> None:
    found = there.one(files(f"return list(Post.objects.{call})"))
    assert [row[0] for row in there.rows(found)] == ids


def test_one_many_figures(there: Shop) -> None:
    one = there.one(files("return Post.objects.get(pk=id)"))
    assert one.sql.endswith("LIMIT 21")
    assert there.rows(there.one(files("return Post.objects.filter(author=id).count()"))) == [(2,)]
    assert there.rows(there.one(files("return Post.objects.filter(author=id).exists()"))) == [(1,)]
    total = there.one(files("return Post.objects.filter(author=id).aggregate(total=Sum('views'))"))
    assert there.rows(total) == [(15,)]
    groups = there.one(files("return Post.objects.values('author').annotate(n=Count('id')).order_by('author')"))
    assert there.rows(groups) == [(1, 2), (2, 2)]


def test_what_is_read_along(there: Shop) -> None:
    joined = there.one(files("return list(Post.objects.select_related('author').filter(pk=id))"))
    assert "ann@x.org" in there.rows(joined)[0]
    posts, comments = there.all(files("return list(Post.objects.prefetch_related('remarks').all())"))
    assert len(there.rows(posts)) == 4
    assert len(there.rows(comments, post_id="1, 3")) == 3


def test_changes(there: Shop) -> None:
    made = there.one(files("return Comment.objects.create(post_id=id, body=q)"))
    assert there.after(made, "select post_id, body from comments where id > 100") == [(1, "New")]
    changed = there.one(files("return Post.objects.filter(author__name='Ann').update(views=0)"))
    assert there.after(changed, "select sum(views) from posts") == [(7,)]
    look, put = there.all(files("return User.objects.get_or_create(email=q, defaults={'id': 9})"))
    assert not look.writes
    assert put.writes


def test_what_is_not_there_says_why(there: Shop) -> None:
    assert "no table for `Thing`" in there.untold(files("return Thing.objects.all()")).reason
