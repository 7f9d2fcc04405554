"""The WSGI application, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carecen_news.settings")

application = get_wsgi_application()

from releases.actions.rendition_jobs import continue_renditions  # noqa: E402  (these need Django to be set up)
from releases.caching import confirm_regularly, with_page_cache  # noqa: E402
from releases.database import with_server_limits  # noqa: E402
from releases.request_bodies import limit_request_bodies  # noqa: E402


def start_background_work() -> None:
    confirm_regularly()
    continue_renditions()  # a killed process may have left some


application = with_page_cache(with_server_limits(limit_request_bodies(application), start_background_work))  # type: ignore[assignment]
