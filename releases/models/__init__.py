from releases.models.release import Release
from releases.models.staff import User
from releases.models.topics import ReleaseTag, Topic

__all__ = ["Release", "ReleaseTag", "Topic", "User"]
