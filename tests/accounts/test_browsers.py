"""Descriptions of browsers."""

import pytest

from releases.accounts.browsers import describe_browser

ANDROID = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (f"{WINDOWS} Chrome/140.0.0.0 Safari/537.36", "Chrome, Windows"),
        (f"{WINDOWS} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge, Windows"),
        (f"{WINDOWS} Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0", "Opera, Windows"),
        (f"{MAC} Version/18.0 Safari/605.1.15", "Safari, Mac"),
        (f"{ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome, Android"),
        (f"{ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet, Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1",
            "Chrome, iPhone",
        ),
        ("curl/8.0", ""),
        ("", ""),
        ("<script>Windows</script>" * 1000, "Windows"),
    ],
)
def test_browser_is_described_without_version(user_agent, expected):
    assert describe_browser(user_agent) == expected
