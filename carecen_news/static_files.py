"""How static files are kept: compressed when they are collected, under names that change with their contents."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    def create_compressor(self, **kwargs: Any) -> Any:
        """Without brotli: over the desk's scripts it would take ten seconds of every first start, for a few percent of bytes."""
        return super().create_compressor(**kwargs, use_brotli=False)
