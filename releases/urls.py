"""The public URLs.

Their words are translated, so each language has its own. tests/test_urls.py lists them all.
"""

from django.urls import path, register_converter
from django.utils.translation import pgettext_lazy

from releases import views
from releases.views import feeds


class YearConverter:
    regex = "[12][0-9]{3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, year: int | str) -> str:
        return f"{int(year):04}"


class MonthConverter(YearConverter):
    regex = "0[1-9]|1[0-2]"

    def to_url(self, month: int | str) -> str:
        return f"{int(month):02}"


class SlugConverter:
    regex = "[-a-zA-Z0-9]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, slug: str) -> str:
        return slug


register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")
register_converter(SlugConverter, "words")

urlpatterns = [
    path("", views.news, name="news"),
    path("<year:year>/", views.year, name="year"),
    path("<year:year>/<month:month>/", views.month, name="month"),
    path("<year:year>/<month:month>/<words:slug>/", views.release, name="release"),
    path(pgettext_lazy("address", "archive/"), views.archive, name="archive"),
    path(pgettext_lazy("address", "topics/"), views.topics, name="topics"),
    path(pgettext_lazy("address", "topics/<words:slug>/"), views.topic, name="topic"),
    path(pgettext_lazy("address", "notices/"), views.notices, name="notices"),
    path(pgettext_lazy("address", "search/"), views.search, name="search"),
    path(pgettext_lazy("address", "follow/"), views.follow, name="follow"),
    path(pgettext_lazy("address", "in-the-news/"), views.in_the_news, name="in-the-news"),
    path(pgettext_lazy("address", "for-the-press/"), views.for_the_press, name="for-the-press"),
    path(pgettext_lazy("address", "privacy/"), views.privacy, name="privacy"),
    path("feed/", feeds.feed, {"format_name": "rss"}, name="rss-feed"),
    path("feed/atom/", feeds.feed, {"format_name": "atom"}, name="atom-feed"),
    path("feed/json/", feeds.feed, {"format_name": "json"}, name="json-feed"),
    path(
        pgettext_lazy("address", "topics/<words:slug>/feed/"),
        feeds.feed,
        {"format_name": "rss"},
        name="topic-rss-feed",
    ),
    path(
        pgettext_lazy("address", "topics/<words:slug>/feed/atom/"),
        feeds.feed,
        {"format_name": "atom"},
        name="topic-atom-feed",
    ),
    path(
        pgettext_lazy("address", "topics/<words:slug>/feed/json/"),
        feeds.feed,
        {"format_name": "json"},
        name="topic-json-feed",
    ),
    path("<year:year>/<month:month>/<words:slug>/card.png", views.share_image, name="card"),
    path("<year:year>/<month:month>/<words:slug>/photo-card.jpg", views.share_photo, name="photo-card"),
    path(
        "<year:year>/<month:month>/<words:slug>.txt", views.text, {"format_name": "txt"}, name="release-txt"
    ),
    path("<year:year>/<month:month>/<words:slug>.md", views.text, {"format_name": "md"}, name="release-md"),
    path("<year:year>/<month:month>/<words:slug>/<words:name>.pdf", views.attachment, name="attachment"),
    path("<year:year>/<month:month>/<words:slug>.ics", views.calendar, name="release-ics"),
    path(
        pgettext_lazy("address", "<year:year>/<month:month>/<words:slug>/photos.zip"),
        views.photos_zip,
        name="photos-zip",
    ),
]
