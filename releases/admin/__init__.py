from releases.admin import (  # noqa: F401  (each registers its models)
    background,
    media_library,
    release_templates,
    releases,
    site_settings,
    staff,
    topics,
    word_lists,
)
