"""Who looks at the dashboard and when, and how it shows moments."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from releases.models import Release, User
from releases.models.staff import display_name
from releases.text import localtime
from releases.text.choices import Language, Status

DAY, WEEK = timedelta(days=1), timedelta(days=7)
QUARTER = timedelta(days=91)


@dataclass(frozen=True)
class Viewer:
    user: User
    now: datetime

    @cached_property
    def today(self) -> date:
        return localtime.local_date(self.now)

    @cached_property
    def can_publish(self) -> bool:
        return self.user.has_perm("releases.publish_release")

    @cached_property
    def is_current_release(self) -> Q:
        """Return the condition for drafts and for releases of the last QUARTER.

        The subqueries let SQLite use an index for each part. Otherwise it scans all releases.
        """
        drafts = Release.objects.filter(language__in=Language.values, status=Status.DRAFT)
        recent = Release.objects.filter(status=Status.PUBLISHED, public_at__gt=self.now - QUARTER)
        return Q(pk__in=drafts.order_by().values("pk")) | Q(pk__in=recent.order_by().values("pk"))

    def format_day(self, day: date) -> str:
        """Return “Dec. 3”, with the year if it is another one than now."""
        if day.year == self.today.year:
            return date_format(day, pgettext("format of a day of this year", "N j"))
        return date_format(day, "DATE_FORMAT")

    def format_weekday(self, day: date) -> str:
        """Return “Today”, “Tomorrow” or “Thursday, Dec. 3”."""
        if day <= self.today + DAY:
            return _("Tomorrow") if day > self.today else _("Today")
        return f"{date_format(day, 'l').capitalize()}, {self.format_day(day)}"

    def format_moment(self, at: datetime) -> str:
        """Return “today, 9 a.m.” or “Dec. 3, 9 a.m.”, and of another year only the day."""
        day = localtime.local_date(at)
        if day.year != self.today.year:
            return self.format_day(day)
        name = _("today") if day == self.today else self.format_day(day)
        time = localtime.format_time(at).replace(" ", "\xa0")
        return _("%(day)s, %(time)s") % {"day": name, "time": time}

    def format_author(self, user: User | None, at: datetime) -> str:
        """Return “Ana Paz, today, 9 a.m.”."""
        return f"{display_name(user)}, {self.format_moment(at)}"
