"""Describe the browser of a session in words, so that staff recognize their own devices."""

import re

# The first pattern that is found counts, because browsers also name those that they are compatible with.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox|FxiOS": "Firefox",
    "Chrome|CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X|Macintosh": "Mac",
    "Linux": "Linux",
}


def describe_browser(user_agent: str) -> str:
    """Return browser and system, like “Firefox, Windows”, or "" if neither is known. No version is kept."""
    names = (
        next((name for pattern, name in table.items() if re.search(pattern, user_agent)), "")
        for table in (BROWSERS, SYSTEMS)
    )
    return ", ".join(name for name in names if name)
