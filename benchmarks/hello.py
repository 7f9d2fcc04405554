"""The baseline of the benchmarks: Django without middleware and with one view that returns 12 KB."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

CONTENT = (b"<p>Hello, reader.</p>\n" * 600)[: 12 * 1024]


def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(CONTENT)


urlpatterns = [re_path("", hello)]
settings.configure(
    ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="only for benchmarks"
)
django.setup(set_prefix=False)
application = WSGIHandler()
