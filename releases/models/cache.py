"""The table that versions the public cache."""

from django.db import models


class CacheInvalidation(models.Model):
    """One row per change of public content.

    All rows together are the cache version (releases/caching/generation.py).

    Rows are insert-only with random values, so that concurrent transactions never wait for each other. Old
    rows are deleted now and then.
    """

    value = models.BigIntegerField()  # below 2 ** 40

    class Meta:
        verbose_name = "cache invalidation"

    def __str__(self) -> str:
        return str(self.value)
