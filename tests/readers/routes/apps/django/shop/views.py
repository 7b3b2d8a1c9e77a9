from rest_framework import mixins, viewsets
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.permissions import AllowAny, IsAdminUser, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Order, Subscriber
from .permissions import IsBuyer
from .serializers import OrderSerializer, SubscriberSerializer


class OrderViewSet(viewsets.ModelViewSet):
    serializer_class = OrderSerializer
    permission_classes = [IsAuthenticated, IsBuyer]

    def get_queryset(self):
        return Order.objects.filter(buyer=self.request.user)

    def perform_create(self, serializer):
        serializer.save(buyer=self.request.user)

    @action(detail=True, methods=["post"], permission_classes=[IsAdminUser])
    def ship(self, request, pk=None):
        order = Order.objects.get(pk=pk)
        order.shipped = True
        order.save()
        return Response({"ok": True})


class SubscriberViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    queryset = Subscriber.objects.all()
    serializer_class = SubscriberSerializer
    permission_classes = [AllowAny]


class Totals(APIView):
    def get(self, request):
        return Response({"orders": Order.objects.filter(buyer=request.user).count()})


@api_view(["POST"])
@permission_classes([AllowAny])
def ask(request):
    return Response({"heard": bool(request.data["question"])})
