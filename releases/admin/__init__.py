from releases.admin import (  # noqa: F401  (each registers its models)
    media_library,
    release_templates,
    releases,
    site_settings,
    staff,
    topics,
    word_lists,
)
