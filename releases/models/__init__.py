from releases.models.history import FormerAddress
from releases.models.press_office import Newsroom
from releases.models.release import Release
from releases.models.staff import User
from releases.models.topics import ReleaseTag, Topic, TopicAlias

__all__ = ["FormerAddress", "Newsroom", "Release", "ReleaseTag", "Topic", "TopicAlias", "User"]
