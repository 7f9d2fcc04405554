"""The two apps: the releases themselves and Django's admin as the news desk."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    name = "releases"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from releases import checks, receivers  # noqa: F401  (they register themselves)


class DeskConfig(AdminConfig):
    default_site = "releases.desk.NewsDesk"
