"""The WSGI application, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")

application = get_wsgi_application()

from releases.caching import with_page_cache  # noqa: E402  (needs Django to be set up)

application = with_page_cache(application)  # type: ignore[assignment]
