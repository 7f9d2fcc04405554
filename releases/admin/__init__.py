from releases.admin import press_office, releases, staff, topics  # noqa: F401  (each registers its models)
