from releases.admin import releases, staff, topics  # noqa: F401  (each registers its models)
