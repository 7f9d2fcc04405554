from releases.admin import photos, releases, site_settings, staff, topics  # noqa: F401  (each registers its models)
