from releases.models.contacts import Boilerplate, Coverage, MediaContact
from releases.models.history import Correction, FormerAddress
from releases.models.housekeeping import EditionTurn
from releases.models.links import PreviewLink
from releases.models.pairs import Agreement
from releases.models.photos import Document, Photo, PhotoUse
from releases.models.press_office import Newsroom
from releases.models.release import EVENT, TO_BE_TRANSLATED, Release, as_printed, printed_fields
from releases.models.staff import User, name_of
from releases.models.topics import ReleaseTag, Topic, TopicAlias
from releases.models.versions import Version, versions_of
from releases.models.writing import Note, OpenForm, UnsavedText, WorkingCopy

__all__ = [
    "EVENT",
    "TO_BE_TRANSLATED",
    "Agreement",
    "Boilerplate",
    "Correction",
    "Coverage",
    "Document",
    "EditionTurn",
    "FormerAddress",
    "MediaContact",
    "Newsroom",
    "Note",
    "OpenForm",
    "Photo",
    "PhotoUse",
    "PreviewLink",
    "Release",
    "ReleaseTag",
    "Topic",
    "TopicAlias",
    "UnsavedText",
    "User",
    "Version",
    "WorkingCopy",
    "as_printed",
    "name_of",
    "printed_fields",
    "versions_of",
]
