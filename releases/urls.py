"""The public addresses. Their words are translated, so each language has its own; tests/test_urls.py pins every one of them."""

from django.urls import path, register_converter
from django.utils.translation import pgettext_lazy

from releases import views


class Year:
    regex = "[12][0-9]{3}"

    def to_python(self, text: str) -> int:
        return int(text)

    def to_url(self, year: int | str) -> str:
        return f"{int(year):04}"


class Month(Year):
    regex = "0[1-9]|1[0-2]"

    def to_url(self, month: int | str) -> str:
        return f"{int(month):02}"


class Slug:
    regex = "[-a-zA-Z0-9]+"

    def to_python(self, text: str) -> str:
        return text

    def to_url(self, slug: str) -> str:
        return slug


register_converter(Year, "year")
register_converter(Month, "month")
register_converter(Slug, "words")

urlpatterns = [
    path("", views.news, name="news"),
    path(pgettext_lazy("address", "archive/"), views.archive, name="archive"),
    path(pgettext_lazy("address", "topics/"), views.topics, name="topics"),
    path(pgettext_lazy("address", "topics/<words:slug>/"), views.topic, name="topic"),
    path(pgettext_lazy("address", "search/"), views.search, name="search"),
    path("<year:year>/", views.year, name="year"),
    path("<year:year>/<month:month>/", views.month, name="month"),
    path("<year:year>/<month:month>/<words:slug>/", views.release, name="release"),
]
