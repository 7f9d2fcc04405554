"""Search as the search page does."""

from django.utils import timezone

from releases import search


def find(text, language="en", at=None, **narrowed):
    return search.find(search.parse_query(text, language), language, at or timezone.now(), **narrowed)
