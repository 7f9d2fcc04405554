"""Clean and check the addresses of links: spaces, wrappers, tracking parameters and phone numbers."""

import re
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit

from releases.text.cleaning import clean_line, normalize

# Services that wrap a link to count or check clicks, by host, with the parameter that has the original.
WRAPPERS = {
    r"(?:[\w-]+\.)?safelinks\.protection\.(?:outlook|office365)\.(?:com|us|de|cn)": "url",
    r"statics\.teams\.(?:cdn\.office\.net|microsoft\.com)": "url",
    r"(?:www\.)?google\.[a-z.]{2,6}": "q|url",
    r"(?:www|lm?)\.facebook\.com|l\.(?:instagram|messenger|threads|workplace)\.(?:com|net)|l\.wl\.co": "u",
    r"(?:www\.)?youtube\.com": "q",
    r"(?:www\.)?linkedin\.com": "url",
    r"urldefense\.proofpoint\.com": "u",
    r"(?:[\w-]+\.)?linkprotect\.cudasvc\.com": "a",
    r"(?:www\.)?duckduckgo\.com": "uddg",
    r"slack-redir\.net|out\.reddit\.com|vk\.com": "url|to",
}
WRAPPER_PATHS = re.compile(
    r"^/(?:url|l\.php|l|redirect|redir/redirect|safety/go|v[12]/url|link|away\.php|ap/[\w-]+|t[1-6]_\w+"
    r"|[\w./-]+/atp-safelinks\.html)?/?$"
)
TRACKING_PARAMETER = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|gad_(?:source|campaignid)|msclkid|mc_[ce]id|igsh(?:id)?|mibextid"
    r"|yclid|twclid|ttclid|li_fat_id|trk|srsltid|_hsenc|_hsmi|hsctatracking|mkt_tok|vero_id|wt\.mc_id"
    r"|oly_(?:anon|enc)_id|em[cd]i|ceid|ref_src|_ga|_gl|s_kwcid|epik|__twitter_impression"
    r"|__cft__(?:\[0\]|%5B0%5D)|__tn__)(?:=|$)",
    re.IGNORECASE,
)
SHARED_VIDEO_HOSTS = re.compile(
    r"(?:(?:www|music)\.)?(?:youtube\.com|youtu\.be)|open\.spotify\.com", re.IGNORECASE
)
# A match begins at the first of several spaces only, so that the search takes linear time.
ENCODED_SPACES_AT_END = re.compile(
    r"(?<!%20)(?<!%C2%A0)(?<!%E2%80%8B)(?:%20|%C2%A0|%E2%80%8B)++$", re.IGNORECASE
)
# What surrounds a link in a text and does not belong to it.
OPENING_PUNCTUATION = "<([{“”„\"'‘«‹`*_¿¡—–"
CLOSING_PUNCTUATION = ">)]}“”„\"'’»›`*,.;:!?…—–"
OPENING_BRACKETS = {")": "(", "]": "["}
LONG_HOST = re.compile("(?:[^/?#]*:)?//[^/?#]{1000}")
DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]+)", re.IGNORECASE)
PHONE_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
EXTENSION = re.compile(
    r"\s*(?:;ext=|[#,]|;|\b(?:ext(?:ensi[oó]n)?|int|opt(?:ion)?|opci[oó]n|x)[.:]?|(?<=[0-9])x)\s*([0-9]{1,7})$",
    re.IGNORECASE,
)


def clean_link(address: str) -> str:
    """Return `address` as it should be published.

    The https:// or mailto: that people leave out is added. Surrounding spaces and punctuation, wrappers such
    as SafeLinks, and tracking parameters are removed. Phone numbers become `tel:` links with a country code.
    What is not an address stays, for `is_valid_link` to refuse.
    """
    # libxml2 writes many “<!--” in a time that grows with the square of their number.
    address = clean_line(address).replace("<!--", "%3C!--")
    if re.fullmatch(r"\+?[0-9\s().–-]{10,20}", address) and len(re.sub("[^0-9]", "", address)) >= 10:
        return f"tel:{format_phone(address)}"
    stripped = address.lstrip(OPENING_PUNCTUATION).strip()
    address = stripped.rstrip("_") if address.startswith("_") else stripped
    if re.match("tel:", address, re.IGNORECASE):
        return f"tel:{format_phone(unquote(address[4:]))}"
    address = _strip_closing_punctuation(address)
    if re.match("mailto:", address, re.IGNORECASE):
        return f"mailto:{address[7:].lstrip(OPENING_PUNCTUATION + ' /').replace(' ', '%20')}"
    if re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", address):
        return f"mailto:{address}"
    if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?", address):
        address = f"https://{address}"
    if not re.match("https?://", address, re.IGNORECASE):
        return address
    address = address.replace("&amp;", "&")
    for _time in range(3):  # a wrapped link may be wrapped again
        unwrapped = _unwrap(address)
        if unwrapped == address:
            break
        address = unwrapped
    return _remove_tracking(address)


def is_valid_link(address: str) -> bool:
    """Return whether `address` is a complete web or mail address, a phone number, or a page of this site."""
    if re.search(r"[\s\"<>\\^`{|}]", address):
        return False
    scheme, _colon, rest = address.partition(":")
    if scheme == "tel":
        return bool(
            re.fullmatch(
                r"\+(?:1[2-9][0-9]{2}[2-9][0-9]{6}|[2-9][0-9]{7,14})(?:;ext=[0-9]{1,7})?|[0-9]{3,6}", rest
            )
        )
    if scheme == "mailto":
        return all(map(_is_mail_address, rest.partition("?")[0].split(",")))
    if address.startswith("/"):
        return not address.startswith("//")
    try:
        parts = _split_address(address)
        parts.port  # noqa: B018  (raises ValueError for an impossible port)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(DOMAIN.fullmatch(parts.netloc.partition(":")[0]))


def format_phone(phone: str) -> str:
    """Return a phone number with its country code (E.164), like +12133857800, and `;ext=` for an extension.

    A number of 3 to 6 digits, like 911, stays as it is. So does what is not a phone number.
    """
    phone = normalize("NFKC", clean_line(phone))
    number, _parameter, _context = phone.partition(";phone-context=")
    match = EXTENSION.search(number)
    extension = f";ext={match[1]}" if match else ""
    number = number[: match.start()].strip() if match else number
    is_international = number.startswith("+") and not number.startswith("+(")
    if not is_international and (letters := re.fullmatch(r"(1?)([^A-Z]*[A-Z].*)", number.upper())):
        # A number in words may have more letters than digits count.
        digits = re.sub("[^0-9]", "", letters[2].translate(PHONE_LETTERS))
        number = letters[1] + (digits[:10] if re.search("[A-Z]{4}", letters[2]) else digits)
    digits = re.sub("[^0-9]", "", number)
    if is_international and not re.search(r"[^\W\d_]", number):
        return f"+{digits.removeprefix('011')}{extension}"
    for prefix in ("011", "00"):  # the prefixes of international calls
        if digits.startswith(prefix) and len(digits) > 11:
            return f"+{digits.removeprefix(prefix)}{extension}"
    if len(digits) == 10:
        return f"+1{digits}{extension}"
    if len(digits) == 11 and digits.startswith("1"):
        return f"+{digits}{extension}"
    return digits if re.fullmatch(r"[0-9\s-]{3,8}", phone) and 3 <= len(digits) <= 6 else phone


def _split_address(address: str) -> SplitResult:
    """Return the parts of `address`. Raises ValueError if it has none, or an impossibly long host.

    `urlsplit` normalizes the host, in a time that grows with the square of its combining marks.
    """
    if LONG_HOST.match(address):
        raise ValueError("The host is too long.")
    return urlsplit(address)


def _is_mail_address(address: str) -> bool:
    local, _at, domain = address.rpartition("@")
    return bool(re.fullmatch(r"(?!\.)[^@,;:%/]+(?<!\.)", local) and DOMAIN.fullmatch(domain))


def _strip_closing_punctuation(address: str) -> str:
    address = ENCODED_SPACES_AT_END.sub("", address)
    unmatched = {
        closing: address.count(closing) - address.count(opening)
        for closing, opening in OPENING_BRACKETS.items()
    }
    end = len(address)
    while end and address[end - 1] in CLOSING_PUNCTUATION + " ":
        if address[end - 1] in unmatched:
            if unmatched[address[end - 1]] <= 0:
                break  # the bracket belongs to the address
            unmatched[address[end - 1]] -= 1
        end -= 1
    return address[:end]


def _unwrap(address: str) -> str:
    """Return the link inside a wrapper, or `address` itself."""
    if match := re.match(r"https://urldefense\.(?:com|us)/v3/__(https?:/.+?)__;", address):
        return re.sub("^(https?):/+", r"\1://", match[1])
    try:
        parts = _split_address(address)
    except ValueError:
        return address
    host = parts.netloc.lower()
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host) and parts.path.startswith("/amp/s/"):
        return f"https://{parts.path[7:]}" + (f"?{parts.query}" if parts.query else "")
    for pattern, names in WRAPPERS.items():
        if re.fullmatch(pattern, host) and WRAPPER_PATHS.match(parts.path):
            parameters = parse_qs(parts.query)
            for name in names.split("|"):
                original = parameters.get(name, [""])[0]
                if parts.path.startswith("/v2/"):  # by Proofpoint
                    original = unquote(original.replace("-", "%").replace("_", "/"))
                if re.match("https?://|mailto:", original):
                    return original
    return address


def _remove_tracking(address: str) -> str:
    try:
        parts = _split_address(address)
    except ValueError:
        return address
    if not parts.query:
        return address
    is_video = SHARED_VIDEO_HOSTS.fullmatch(parts.netloc)
    kept = [
        parameter
        for parameter in parts.query.split("&")
        if not TRACKING_PARAMETER.match(parameter) and not (is_video and parameter.startswith("si="))
    ]
    if len(kept) == parts.query.count("&") + 1:
        return address
    return urlunsplit(parts._replace(query="&".join(kept)))
