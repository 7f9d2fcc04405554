"""The WSGI application, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")

application = get_wsgi_application()

from releases.caching import ready_first  # noqa: E402  (when Django is ready)

application = ready_first(application)  # type: ignore[assignment]
