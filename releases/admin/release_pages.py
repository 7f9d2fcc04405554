"""The pages of releases that the admin has in addition to Django's."""

from releases.admin.action_views import ActionViews
from releases.admin.autosave import AutosaveViews
from releases.admin.bulk_changes import BulkChangeViews
from releases.admin.history import HistoryViews
from releases.admin.live_preview import LivePreviewViews
from releases.admin.media_panel import MediaPanelViews
from releases.admin.paste import PasteViews
from releases.admin.photos import PhotoViews
from releases.admin.press_check import PressCheckViews
from releases.admin.previews import PreviewViews
from releases.admin.quick_statement import QuickStatementViews
from releases.admin.redaction import RedactionViews
from releases.admin.release_export import ExportViews
from releases.admin.translations import TranslationViews

VIEWS = (
    ActionViews,
    HistoryViews,
    RedactionViews,
    AutosaveViews,
    PreviewViews,
    LivePreviewViews,
    PhotoViews,
    MediaPanelViews,
    TranslationViews,
    PasteViews,
    QuickStatementViews,
    PressCheckViews,
    BulkChangeViews,
    ExportViews,
)
