"""Admin of the word lists that the press check and translators use."""

from django.contrib import admin

from releases.admin.base import BaseModelAdmin
from releases.models import WordListEntry


@admin.register(WordListEntry)
class WordListAdmin(BaseModelAdmin):
    fields = ("type", "term", "english", "spanish", "ordinary_in")
    list_display = ("__str__", "type", "english", "spanish")
    list_filter = ("type",)
    search_fields = ("term", "english", "spanish")
