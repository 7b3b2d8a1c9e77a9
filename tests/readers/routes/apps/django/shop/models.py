from django.contrib.auth.models import User
from django.db import models


class Order(models.Model):
    buyer = models.ForeignKey(User, on_delete=models.CASCADE)
    zine = models.ForeignKey("zines.Zine", on_delete=models.PROTECT)
    copies = models.PositiveIntegerField(default=1)
    shipped = models.BooleanField(default=False)


class Subscriber(models.Model):
    email = models.EmailField(unique=True)
