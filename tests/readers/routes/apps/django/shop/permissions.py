from rest_framework.permissions import BasePermission


class IsBuyer(BasePermission):
    def has_object_permission(self, request, view, obj) -> bool:
        return obj.buyer_id == request.user.id
