"""The roof: the desk, the pages that have one language, and the newsroom in English at the root and in Spanish under /es/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from releases import sitemaps, views

previews = [
    path("read/<slug:reference>/photos/<slug:name>/<str:file>", views.read_photo, name="read-photo"),
    path("read/<slug:reference>/documents/<slug:name>.pdf", views.read_document, name="read-document"),
    path("read/<slug:reference>/text/", views.read_text, name="read-text"),
    path("read/<slug:reference>/", views.read_link, name="read-link"),
    path("read/<slug:reference>/approve/", views.approve_link, name="approve-link"),
    path("<str:secret>/", views.open_link, name="open-link"),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemaps.sitemap, name="sitemap-part"),
    path("news-sitemap.xml", sitemaps.news_sitemap, name="news-sitemap"),
    path("health/", views.health, name="health"),
    path("photos/<slug:name>/<str:file>", views.photo, name="photo"),
    path("preview/", include(previews)),
    *i18n_patterns(path("", include("releases.urls")), prefix_default_language=False),
]

handler404 = views.not_found
handler500 = views.broken
