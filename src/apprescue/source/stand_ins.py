"""What Django's and REST framework's own classes do, written down as Python that the flow reads like the app's.

Only what decides over who may call and which rows are reached: mixins, permissions, generic views, view sets,
serializers. `answer`, `queryset`, `lookup`, `request` and `kwargs` are set by `readers/routes/django.py`.
It is longer than other files because each of the frameworks' classes that apps build on stands in it.
"""

from __future__ import annotations

import re

SPEAKS = re.compile(r"^(?:django\.(?:contrib\.auth\.mixins|views|core\.exceptions)|rest_framework)\b")

TEXT = """
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class View:
    def dispatch(self, request, *args, **kwargs):
        return self.answer(request, *args, **kwargs)


class LoginRequiredMixin:
    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            raise PermissionDenied()
        return super().dispatch(request, *args, **kwargs)


class UserPassesTestMixin:
    def dispatch(self, request, *args, **kwargs):
        if not self.test_func():
            raise PermissionDenied()
        return super().dispatch(request, *args, **kwargs)


class PermissionRequiredMixin:
    def has_permission(self):
        return self.request.user.has_perms(self.permission_required)

    def dispatch(self, request, *args, **kwargs):
        if not self.has_permission():
            raise PermissionDenied()
        return super().dispatch(request, *args, **kwargs)


class OneObject:
    def get_queryset(self):
        return self.queryset.all()

    def get_object(self, queryset=None):
        return self.get_queryset().get(pk=self.kwargs[self.lookup])


class TemplateView(View):
    def get(self, request, *args, **kwargs):
        return self.get_context_data(**kwargs)


class ListView(View):
    def get_queryset(self):
        return self.queryset.all()

    def get(self, request, *args, **kwargs):
        return self.get_queryset()


class DetailView(OneObject, View):
    def get(self, request, *args, **kwargs):
        return self.get_object()


class FormView(View):
    def form_valid(self, form):
        return form

    def get(self, request, *args, **kwargs):
        return None

    def post(self, request, *args, **kwargs):
        return self.form_valid(self.form_class(request.POST))


class CreateView(FormView):
    def form_valid(self, form):
        return self.queryset.create()

    def post(self, request, *args, **kwargs):
        return self.form_valid(request.POST)


class UpdateView(OneObject, View):
    def form_valid(self, form):
        return form

    def get(self, request, *args, **kwargs):
        return self.get_object()

    def post(self, request, *args, **kwargs):
        self.get_object().save()
        return self.form_valid(request.POST)


class DeleteView(OneObject, View):
    def get(self, request, *args, **kwargs):
        return self.get_object()

    def post(self, request, *args, **kwargs):
        return self.get_object().delete()


class BasePermission:
    def has_permission(self, request, view):
        return True

    def has_object_permission(self, request, view, obj):
        return True


class AllowAny(BasePermission):
    def has_permission(self, request, view):
        return True


class IsAuthenticated(BasePermission):
    def has_permission(self, request, view):
        return request.user.is_authenticated


class IsAdminUser(BasePermission):
    def has_permission(self, request, view):
        return request.user.is_authenticated and request.user.is_staff


class IsAuthenticatedOrReadOnly(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or request.user.is_authenticated


class DjangoModelPermissions(BasePermission):
    def has_permission(self, request, view):
        return request.user.is_authenticated and request.user.has_perms(view)


class DjangoModelPermissionsOrAnonReadOnly(BasePermission):
    def has_permission(self, request, view):
        return request.method in SAFE_METHODS or request.user.has_perms(view)


class APIView(View):
    def dispatch(self, request, *args, **kwargs):
        self.check_permissions(request)
        return self.answer(request, *args, **kwargs)

    def get_permissions(self):
        return [permission() for permission in self.permission_classes]

    def check_permissions(self, request):
        for permission in self.get_permissions():
            if not permission.has_permission(request, self):
                raise PermissionDenied()

    def check_object_permissions(self, request, obj):
        for permission in self.get_permissions():
            if not permission.has_object_permission(request, self, obj):
                raise PermissionDenied()


class GenericAPIView(APIView):
    def get_queryset(self):
        return self.queryset.all()

    def filter_queryset(self, queryset):
        return queryset

    def paginate_queryset(self, queryset):
        return queryset

    def get_object(self):
        obj = self.filter_queryset(self.get_queryset()).get(pk=self.kwargs[self.lookup])
        self.check_object_permissions(self.request, obj)
        return obj

    def get_serializer_class(self):
        return self.serializer_class

    def get_serializer(self, instance=None, data=None, **kwargs):
        return self.get_serializer_class()(instance=instance, data=data)


class BaseSerializer:
    def __init__(self, instance=None, data=None, **kwargs):
        self.instance = instance
        self.initial_data = data

    def is_valid(self, **kwargs):
        return True

    def create(self, validated_data):
        return self.Meta.model.objects.create(**validated_data)

    def update(self, instance, validated_data):
        return instance.save(**validated_data)

    def save(self, **kwargs):
        if self.instance is not None:
            return self.update(self.instance, {**self.validated_data, **kwargs})
        return self.create({**self.validated_data, **kwargs})


class Serializer(BaseSerializer):
    pass


class ModelSerializer(Serializer):
    pass


class HyperlinkedModelSerializer(ModelSerializer):
    pass


class ListModelMixin:
    def list(self, request, *args, **kwargs):
        return self.paginate_queryset(self.filter_queryset(self.get_queryset()))


class RetrieveModelMixin:
    def retrieve(self, request, *args, **kwargs):
        return self.get_object()


class CreateModelMixin:
    def perform_create(self, serializer):
        serializer.save()

    def create(self, request, *args, **kwargs):
        self.perform_create(self.get_serializer(data=request.data))
        return request.data


class UpdateModelMixin:
    def perform_update(self, serializer):
        serializer.save()

    def update(self, request, *args, **kwargs):
        self.perform_update(self.get_serializer(self.get_object(), data=request.data))
        return request.data

    def partial_update(self, request, *args, **kwargs):
        return self.update(request, *args, **kwargs)


class DestroyModelMixin:
    def perform_destroy(self, instance):
        instance.delete()

    def destroy(self, request, *args, **kwargs):
        self.perform_destroy(self.get_object())


class ViewSet(APIView):
    pass


class GenericViewSet(GenericAPIView):
    pass


class ReadOnlyModelViewSet(RetrieveModelMixin, ListModelMixin, GenericViewSet):
    pass


class ModelViewSet(
    CreateModelMixin, RetrieveModelMixin, UpdateModelMixin, DestroyModelMixin, ListModelMixin, GenericViewSet
):
    pass


class Lists(ListModelMixin):
    def get(self, request, *args, **kwargs):
        return self.list(request, *args, **kwargs)


class Creates(CreateModelMixin):
    def post(self, request, *args, **kwargs):
        return self.create(request, *args, **kwargs)


class Retrieves(RetrieveModelMixin):
    def get(self, request, *args, **kwargs):
        return self.retrieve(request, *args, **kwargs)


class Updates(UpdateModelMixin):
    def put(self, request, *args, **kwargs):
        return self.update(request, *args, **kwargs)

    def patch(self, request, *args, **kwargs):
        return self.partial_update(request, *args, **kwargs)


class Destroys(DestroyModelMixin):
    def delete(self, request, *args, **kwargs):
        return self.destroy(request, *args, **kwargs)


class ListAPIView(Lists, GenericAPIView):
    pass


class CreateAPIView(Creates, GenericAPIView):
    pass


class RetrieveAPIView(Retrieves, GenericAPIView):
    pass


class UpdateAPIView(Updates, GenericAPIView):
    pass


class DestroyAPIView(Destroys, GenericAPIView):
    pass


class ListCreateAPIView(Lists, Creates, GenericAPIView):
    pass


class RetrieveUpdateAPIView(Retrieves, Updates, GenericAPIView):
    pass


class RetrieveDestroyAPIView(Retrieves, Destroys, GenericAPIView):
    pass


class RetrieveUpdateDestroyAPIView(Retrieves, Updates, Destroys, GenericAPIView):
    pass
"""
