from releases.admin import photos, press_office, releases, staff, topics  # noqa: F401  (each registers its models)
