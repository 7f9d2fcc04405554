from releases.admin import media_library, releases, site_settings, staff, topics  # noqa: F401  (each registers its models)
