from tests.readers.queries.reading import queries_in, told


def test_managers_shortcuts_and_objects():
    listed, made, gone, saved, count = queries_in(
        """
        from django.shortcuts import get_object_or_404
        from django.db.models import Q
        class Post(models.Model):
            title = models.CharField()
        def view(request, pk):
            newest = Post.objects.filter(owner=request.user, made__gte=3).select_related("owner").order_by("-id")[:20]
            Post.objects.create(title="x")
            Post.objects.filter(Q(a=1) | Q(b=2)).delete()
            post = get_object_or_404(Post, pk=pk)
            post.save()
            Post.objects.exclude(team__name__icontains="x").count()
        """,
        "blog/views.py",
    )
    assert told(listed) == "select Post owner.eq made.gte"
    assert (listed.limit, listed.order, listed.embeds) == (20, ("id",), ("owner",))
    assert told(made) == "insert Post"
    assert told(gone) == "delete Post a,b.or"
    assert told(saved) == "update Post id.eq"
    assert told(count) == "count Post team.name.not.ilike"
