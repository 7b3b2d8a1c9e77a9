from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import ListView

from .models import Zine


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    topic = request.GET.get("topic", "")
    return render(request, "index.html", {"zines": Zine.objects.filter(published=True, title__icontains=topic)[:60]})


@require_GET
def show(request: HttpRequest, zine_id: int) -> HttpResponse:
    return render(request, "zine.html", {"zine": get_object_or_404(Zine, pk=zine_id, published=True)})


@require_POST
@login_required
def publish(request: HttpRequest, zine_id: int) -> HttpResponse:
    zine = get_object_or_404(Zine, pk=zine_id)
    zine.published = request.POST["published"] == "yes"
    zine.save()
    return redirect("zine", zine_id=zine.pk)


@require_GET
def archive(request: HttpRequest, year: str) -> JsonResponse:
    titles = Zine.objects.filter(published=True, year=year).values_list("title", flat=True)[:200]
    return JsonResponse({"titles": list(titles)})


class MyZines(LoginRequiredMixin, ListView):
    model = Zine
    paginate_by = 40

    def get_queryset(self):
        return Zine.objects.filter(author=self.request.user)


class EditZine(LoginRequiredMixin, UserPassesTestMixin, View):
    def test_func(self) -> bool:
        return get_object_or_404(Zine, pk=self.kwargs["pk"]).author == self.request.user

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "edit.html", {"zine": get_object_or_404(Zine, pk=pk)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        Zine.objects.filter(pk=pk).update(title=request.POST["title"])
        return redirect("zine", zine_id=pk)
