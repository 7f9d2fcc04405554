"""The static copy of the public site: plain files that any web server can serve without the newsroom."""

from releases.static_copy.export import DatabaseUnavailable, Result, export_site
from releases.static_copy.folder import UnusableFolder

__all__ = ["DatabaseUnavailable", "Result", "UnusableFolder", "export_site"]
