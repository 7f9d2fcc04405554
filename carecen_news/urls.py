"""All URLs: the admin, pages in one language, and the newsroom in English and Spanish."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from releases import views
from releases.admin.invitations import invitation_page
from releases.views import sitemaps

previews = [
    path("read/<slug:reference>/photos/<slug:name>/<str:file>", views.preview_photo, name="preview-photo"),
    path("read/<slug:reference>/documents/<slug:name>.pdf", views.preview_document, name="preview-document"),
    path("read/<slug:reference>/text/", views.preview_text, name="preview-text"),
    path("read/<slug:reference>/", views.preview_page, name="preview-page"),
    path("<str:secret>/", views.open_preview, name="open-preview"),
]

urlpatterns = [
    path("admin", RedirectView.as_view(pattern_name="admin:index", permanent=True)),
    path(
        "admin/invitation/<str:secret>",  # copied without its end
        RedirectView.as_view(pattern_name="accept_invitation"),
    ),
    path("admin/invitation/<str:secret>/", invitation_page, name="accept_invitation"),
    path("admin/approve/<slug:reference>/", views.approve_preview, name="approve-preview"),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path(
        ".well-known/change-password",
        RedirectView.as_view(pattern_name="admin:password_change"),
        name="change-password",
    ),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:year>.xml", sitemaps.sitemap, name="sitemap-part"),
    path("news-sitemap.xml", sitemaps.news_sitemap, name="news-sitemap"),
    path("health/", views.health, name="health"),
    # Also without the last slash: many monitors don't follow redirects.
    path("health/live", views.live),
    path("health/live/", views.live, name="live"),
    path("health/ready", views.ready),
    path("health/ready/", views.ready, name="ready"),
    path("photos/<slug:name>/<str:file>", views.photo, name="photo"),
    path("preview/", include(previews)),
    *i18n_patterns(path("", include("releases.urls")), prefix_default_language=False),
]

handler404 = views.not_found
handler500 = "releases.admin.outages.server_error"
