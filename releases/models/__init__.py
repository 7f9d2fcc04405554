from releases.models.alerts import Alert
from releases.models.background import BackgroundTask
from releases.models.cache import CacheInvalidation
from releases.models.contacts import Boilerplate, Coverage, MediaContact
from releases.models.content import deserialize_content, get_content_fields
from releases.models.corrections import Correction
from releases.models.drafts import Autosave, EditingSession, Note, PendingRevision
from releases.models.invitations import Invitation
from releases.models.organizations import Organization, find_signers, organization_key
from releases.models.photos import Document, Photo, PhotoUse
from releases.models.preview_links import PreviewLink
from releases.models.redirects import SlugRedirect
from releases.models.release import Release
from releases.models.release_templates import ReleaseTemplate
from releases.models.second_factors import AuthenticatorApp, Passkey, RecoveryCode
from releases.models.sessions import SessionStore, StaffSession, end_sessions
from releases.models.site_settings import NewsroomSettings
from releases.models.staff import CachedAttempt, FailedSignIns, User, display_name
from releases.models.topics import ReleaseTag, Topic, TopicAlias, TopicMerge
from releases.models.translation_status import TranslationStatus
from releases.models.validation import EVENT_FIELDS, TRANSLATION_PLACEHOLDER
from releases.models.versions import Version, get_versions
from releases.models.word_lists import WordListEntry, load_glossary, load_word_lists

__all__ = [
    "EVENT_FIELDS",
    "TRANSLATION_PLACEHOLDER",
    "Alert",
    "AuthenticatorApp",
    "Autosave",
    "BackgroundTask",
    "Boilerplate",
    "CacheInvalidation",
    "CachedAttempt",
    "Correction",
    "Coverage",
    "Document",
    "EditingSession",
    "FailedSignIns",
    "Invitation",
    "MediaContact",
    "NewsroomSettings",
    "Note",
    "Organization",
    "Passkey",
    "PendingRevision",
    "Photo",
    "PhotoUse",
    "PreviewLink",
    "RecoveryCode",
    "Release",
    "ReleaseTag",
    "ReleaseTemplate",
    "SessionStore",
    "SlugRedirect",
    "StaffSession",
    "Topic",
    "TopicAlias",
    "TopicMerge",
    "TranslationStatus",
    "User",
    "Version",
    "WordListEntry",
    "deserialize_content",
    "display_name",
    "end_sessions",
    "find_signers",
    "get_content_fields",
    "get_versions",
    "load_glossary",
    "load_word_lists",
    "organization_key",
]
