"""The WSGI application, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")

application = get_wsgi_application()

from releases.caching import confirm_regularly, with_page_cache  # noqa: E402  (these need Django to be set up)
from releases.database import with_server_limits  # noqa: E402
from releases.request_bodies import limit_request_bodies  # noqa: E402

application = with_page_cache(with_server_limits(limit_request_bodies(application), confirm_regularly))  # type: ignore[assignment]
