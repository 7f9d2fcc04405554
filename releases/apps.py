"""The two apps: the newsroom, and Django's admin with the newsroom's admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    name = "releases"
    verbose_name = _("Newsroom")

    def ready(self) -> None:
        from releases import checks, signals  # noqa: F401  (they register themselves)


class NewsroomAdminConfig(AdminConfig):
    default_site = "releases.admin_site.NewsroomAdminSite"
