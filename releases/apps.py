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

    def ready(self) -> None:
        """Load the admin modules of all apps. Accounts have roles, so nobody edits Django's groups."""
        super().ready()
        from django.contrib.admin import site
        from django.contrib.auth.models import Group

        site.unregister(Group)
