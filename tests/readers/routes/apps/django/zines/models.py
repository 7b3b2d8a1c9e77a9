from django.contrib.auth.models import User
from django.db import models


class Zine(models.Model):
    author = models.ForeignKey(User, on_delete=models.CASCADE)
    title = models.CharField(max_length=140)
    year = models.IntegerField()
    published = models.BooleanField(default=False)
