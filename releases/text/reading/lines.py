"""What a line of a release is for, apart from its text: marks, labels, contacts, names of files."""

import re
from enum import Enum, auto

from releases.text.choices import Kind
from releases.text.datelines import Dateline, parse_date, parse_dateline


class Role(Enum):
    """What a line is for."""

    RELEASE_LINE = auto()  # “FOR IMMEDIATE RELEASE”
    KIND = auto()  # “MEDIA ADVISORY”
    LETTERHEAD = auto()  # the name or address of the organization, alone
    END = auto()  # “###”, “-30-”
    FURNITURE = auto()  # “Continue reading”, “Page 1 of 2”
    DIVIDER = auto()  # “_____”
    CONTACT = auto()  # “Contact:”, with or without a name
    EMBARGO = auto()
    ATTACHMENT = auto()  # a name of a file, alone
    EVENT = auto()  # “Where:”
    DATE = auto()  # a date alone


RELEASE_LINE = re.compile(
    r"(?:for immediate (?:release|distribution|publication)|for release|immediate release"
    r"|para (?:su |la )?(?:publicaci[oó]n|divulgaci[oó]n|difusi[oó]n|distribuci[oó]n) inmediata"
    r"|for planning purposes(?: only)?|para publicar de inmediato)\b[:.!,;|–—-]* *",
    re.IGNORECASE,
)
KINDS: dict[str, str] = {
    Kind.MEDIA_ADVISORY: (
        r"(?:media|press|news) advisory|media alert|press conference(?: advisory)?|conferencia de prensa"
        r"|(?:aviso|alerta|convocatoria)(?: (?:de|a|para)(?: (?:la|los))?)? "
        r"(?:prensa|medios)(?: de comunicaci[oó]n)?"
    ),
    Kind.STATEMENT: (
        r"(?:press|public|media|official|joint) statement|statement|open letter|carta abierta"
        r"|declaraci[oó]n(?: p[uú]blica| de prensa| conjunta)?"
        r"|pronunciamiento"
    ),
    Kind.SERVICE_NOTICE: (
        r"service notice|community (?:notice|alert)|aviso (?:de servicio|a la comunidad)|alerta comunitaria"
    ),
    Kind.PRESS_RELEASE: (
        r"(?:press|news|media) release|comunicado(?: de prensa| conjunto)?|bolet[ií]n(?: de prensa)?"
        r"|nota de prensa"
    ),
}
KIND_PATTERNS = [(kind, re.compile(rf"(?:{pattern})\b", re.IGNORECASE)) for kind, pattern in KINDS.items()]
KIND_FOR_DAY = re.compile(r"(?:for|para) (?:el )?", re.IGNORECASE)
KIND_LINE = re.compile(rf"(?:{'|'.join(KINDS.values())})[ :.!–—-]*", re.IGNORECASE)
END = re.compile(r"#( ?#){1,5}|[-–—] ?30 ?[-–—]|\(?(?:end|fin)\)?|[-–—*] ?(?:end|fin) ?[-–—*]", re.IGNORECASE)
FURNITURE = re.compile(
    r"be the first to comment\.?|sé el primero en comentar\.?|\[?(?:continue reading|seguir leyendo"
    r"|continuar leyendo"
    r"|read more|leer más)\]?[ .…»→]*|page \d+(?: of \d+)?|página \d+(?: de \d+)?|\[?(?:more|más|sigue)\]?"
    r"|[-–—] ?(?:more|más|sigue) ?[-–—]|share(?: this)?|compartir|tweet|print|imprimir|email|like"
    r"|view (?:this )?(?:email|message) in (?:your )?browser|ver (?:este )?(?:correo|mensaje) en (?:el"
    r"|su) navegador"
    r"|unsubscribe.*|darse de baja.*|view as webpage|posted (?:on|by) .{1,60}|(?:filed|publicado) (?:under"
    r"|en) .{1,60}"
    r"|sent from my .{1,30}|enviado desde mi .{1,30}|get outlook for .{1,20}|obtener outlook .{1,30}"
    r"|(?:by|por) (?:carecen|admin|staff)\b.{0,20}|\d+ (?:comments?|comentarios?)|previous|next|anterior"
    r"|siguiente|back to (?:top|news|press).*",
    re.IGNORECASE,
)
DIVIDER = re.compile(r"(?:[-_=*~•·–—] ?){3,}")
LETTERHEAD = re.compile(
    r"(?:carecen(?:[ -](?:la|los angeles|los ángeles))?|central american resource center"
    r"|centro de recursos centroamericanos)(?:[ ,–—|(-]+(?:carecen(?:[ -](?:la|los angeles|los ángeles))?"
    r"|central american resource center|los angeles|los ángeles|of los angeles|de los ángeles)\)?)*\.?"
    r"|2845 (?:w(?:est|\.)? )?7th (?:street|st\.?)\b.{0,60}|(?:https?://)?(?:www\.)?carecen-la\.org/?",
    re.IGNORECASE,
)
CONTACT_LABEL = re.compile(
    r"(?:(?:(?:press|media|news|for media|for press)[ -]?)?(?:contacts?|inquiries)(?: information| info"
    r"| person)?"
    r"|(?:for|media inquiries,?|press inquiries,?) more information(?:,? (?:please )?(?:contact|call|email"
    r"|write to))?"
    r"|(?:please )?contact|contactos?(?: (?:de|para)(?: (?:la|los))? (?:prensa"
    r"|medios)(?: de comunicaci[oó]n)?)?"
    r"|(?:para (?:más|mayor|mayores) informaci[oó]n|m[aá]s informaci[oó]n)"
    r"(?:,? (?:favor de )?(?:comun[ií]quese con|comunicarse con|contacte a|contactar a|llame a|llamar al?"
    r"|escriba a))?)"
    r"(?: *[:;–—|]+ *| - | (?=(?-i:[A-ZÁÉÍÓÚÑ(0-9]))|$)",
    re.IGNORECASE,
)  # fmt: skip
PHONE = re.compile(
    r"(?<![\d/-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)(?:,? ?(?:x|ext\.?) ?\d{1,5})?"
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]+)*\.[A-Za-z]{2,}")
EMBARGO = re.compile(
    r"(?:under |bajo )?(?:embargoed|embargad[oa]|embargo)\b(?= *(?:until|till|hasta|for|para|:|[–—-]|$|\d))"
    r"|(?:hold for release|not for (?:release|publication|broadcast)|no publicar|no difundir)\b",
    re.IGNORECASE,
)
FILE_NAME = re.compile(
    r"(?:(?:see )?(?:attach(?:ed|ments?)|download|photos?|fotos?|images?|imagen|logo|video|pdf|files?"
    r"|adjuntos?"
    r"|archivos?(?: adjuntos?)?|descargar)[: ]+)?\[?"
    r"([\w()&.,’' –-]{1,120}\.(?:pdf|docx?|jpe?g|png|zip|pptx?|xlsx?|mp[34]"
    r"|mov))\]?(?: *\([\d.,]+ ?[KMG]?B\))?",
    re.IGNORECASE,
)
MAIL_HEADER = re.compile(
    r"(?:from|to|b?cc|sent|date|subject|reply-to|de|para|enviado(?: el)?|fecha|asunto|responder a) *: *",
    re.IGNORECASE,
)
MAIL_SUBJECT = re.compile(r"(?:subject|asunto) *: *(?:(?:re|fwd?|rv) *: *)*", re.IGNORECASE)
FORWARDED = re.compile(
    r"[-_ ]*(?:forwarded message|mensaje reenviado|original message|mensaje original)[-_ ]*"
    r"|begin forwarded message:|inicio del mensaje reenviado:|on .{6,80} wrote:|el .{6,80} escribió:",
    re.IGNORECASE,
)
EVENT_LABELS = {
    "what": r"what|qu[eé]",
    "who": r"who|speakers?|qui[eé]n(?:es)?|participantes|participan|oradores",
    "when": r"when|date(?: and|/| &) time|cu[aá]ndo|fecha y hora",
    "where": r"where|location|place|d[oó]nde|lugar",
    "why": r"why|por qu[eé]",
    "visuals": r"visuals?|photo op(?:portunit(?:y|ies)|s)?|visuales|im[aá]genes|oportunidades de foto",
    "languages": r"languages?|interview languages?|interviews(?: in)?|idiomas?|entrevistas(?: en)?",
}
EVENT_LINE = re.compile(
    "(?:"
    + "|".join(f"(?P<{name}>{pattern})" for name, pattern in EVENT_LABELS.items())
    + r")(?: *[?:]+ *| +[–—-] +|$)",
    re.IGNORECASE,
)
DATE_LABEL = re.compile(
    r"(?:date|fecha|dated|released|published|publicado|posted)(?: on)?[:.]? +", re.IGNORECASE
)
TIME = re.compile(
    r",?(?: at| a las?|,)? *\d{1,2}:\d{2}(?::\d{2})?(?: *[ap]\.? ?m\.?)?(?: *\(?[A-Z]{2,4}\)?)?",
    re.IGNORECASE,
)
HEADLINE_LABEL = re.compile(
    r"(?:headline|title|subject|asunto|re|fwd?|rv|titular|t[ií]tulo|encabezado) *: +", re.IGNORECASE
)
SUBHEAD_LABEL = re.compile(r"(?:sub-?head(?:line)?|sub-?t[ií]tulo|deck|bajada) *: +", re.IGNORECASE)
SUMMARY_LABEL = re.compile(r"(?:summary|lead|resumen|entrada) *: +", re.IGNORECASE)
FIELD_LABELS = {"headline": HEADLINE_LABEL, "subhead": SUBHEAD_LABEL, "summary": SUMMARY_LABEL}
# At the end of a paragraph. Case matters: “subscribe to continue reading” is part of a text.
READ_MORE = re.compile(
    r"(?<=[.!?…”\"»)]) *\[?(?:C(?i:ontinue reading)|S(?i:eguir leyendo)|C(?i:ontinuar leyendo)"
    r"|R(?i:ead more)|L(?i:eer más))"
    r"\]?[ .…»→]*$"
)
BULLET = re.compile(r"[•·▪◦‣●○■□➢➤*✓✔–—-] +(?=\S)|[•·▪◦‣●○■□➢➤✓✔](?=\S)|o {2,}(?=[A-Z])")
NUMBER = re.compile(r"\(?(\d{1,2})[.)] +(?=\S)")
NOTE = re.compile(r"\[\d{1,3}\] *")
SENTENCE_VERB = re.compile(r"(?:read|see|download|view|watch|lea|vea|descargue|mire)\b", re.IGNORECASE)
# Words at the end of a line after which a sentence goes on.
UNFINISHED = re.compile(
    r"(?:,|\b(?:a|an|the|of|to|and|or|in|on|at|by|for|from|with|than|that|who|which|is|are|was|were|has"
    r"|have|had|will"
    r"|before|after|until|since|el|la|los|las|un|una|de|del|al|y|o|e|en|por|para|con|que|es|son|fue|su|sus"
    r"|hasta"
    r"|desde|antes|sin|sobre))$",
    re.IGNORECASE,
)
NAME = re.compile(
    r"(?:(?:Dr|Dra|Sr|Sra|Lic|Rev|Fr|Hon|Sen|Rep|Prof)\.? )?"
    r"[A-ZÁÉÍÓÚÑ][\w’'-]*\.?(?: (?:(?:de|del|la|las|los|y|van|von|da|dos) )*[A-ZÁÉÍÓÚÑ][\w’'-]*\.?){1,4}"
)
SENTENCE_END = re.compile(r"[.!?…:;]['\"”’»)\]]*$")


def is_sentence(text: str) -> bool:
    """Return whether `text` ends like a sentence, apart from initials like “U.S.”."""
    return bool(SENTENCE_END.search(text)) and not re.search(r"\b(?:[A-Za-z]\.){2,}$", text)


def read_date_line(text: str) -> Dateline | None:
    """Return the date, and the place if there is one, of a line that has nothing else.

    Also of a stamp like “18 June, 2020 10:17 AM”, “Date: November 30, 2023” and “Los Angeles, June 3, 2020”.
    """
    text = DATE_LABEL.sub("", RELEASE_LINE.sub("", text, count=1).strip(), count=1).strip(" |–—-")
    parsed = parse_date(text)
    if parsed and parsed.day:
        rest = TIME.sub("", text[parsed.end :], count=1).strip(" .|")
        if not rest:
            return Dateline(parsed.day, "", "", parsed.language)
    for ending in (" –", ":"):
        reading = parse_dateline(f"{text.rstrip(' .')}{ending} X")
        if isinstance(reading, Dateline) and reading.rest == "X":
            return Dateline(reading.date, reading.place, "", reading.language)
    return None


def find_role(text: str) -> Role | None:
    """Return what a line is for, or None if it is text."""
    text = text.strip()
    if not text or len(text) > 400:
        return None
    if END.fullmatch(text):
        return Role.END
    if DIVIDER.fullmatch(text):
        return Role.DIVIDER
    text = text.strip("*").strip()
    if LETTERHEAD.fullmatch(text):
        return Role.LETTERHEAD
    if len(text) < 60 and read_date_line(text):
        return Role.DATE
    if FILE_NAME.fullmatch(text) and not re.match(SENTENCE_VERB, text):
        return Role.ATTACHMENT
    if text[:1].islower():  # goes on with a sentence
        return None
    if (FURNITURE.fullmatch(text) and not (is_sentence(text) and len(text) > 40)) or FORWARDED.fullmatch(
        text
    ):
        return Role.FURNITURE
    if EMBARGO.match(text) and len(text) < 160:
        return Role.EMBARGO
    release_line = RELEASE_LINE.match(text)
    if release_line and (not text[release_line.end() :] or read_date_line(text)):
        return Role.RELEASE_LINE
    if is_kind_line(text[release_line.end() :].strip(" |–—-") if release_line else text):
        return Role.KIND
    return _find_label_role(text)


def is_kind_line(text: str) -> bool:
    """Return whether `text` only names a kind, perhaps with a day: “MEDIA ADVISORY FOR MARCH 5, 2026”."""
    kind = KIND_LINE.match(text)
    if not kind:
        return False
    day = KIND_FOR_DAY.match(text, kind.end())
    return kind.end() == len(text) or bool(day and parse_date(text, day.end()))


def _find_label_role(text: str) -> Role | None:
    label = CONTACT_LABEL.match(text)
    has_address = bool(PHONE.search(text) or EMAIL.search(text)) and len(text) < 250
    has_name = (
        text[: label.end()].rstrip().endswith((":", "|")) and NAME.match(text, label.end()) if label else None
    )
    if label and (label.end() == len(text) or has_address or has_name):
        return Role.CONTACT
    if event := EVENT_LINE.match(text):
        is_bare = event.end() == len(text)
        if not is_bare or text.isupper() or text.endswith((":", "?")):
            return Role.EVENT
    return None


def find_kind(text: str) -> str | None:
    """Return the kind of release that `text` names, or None."""
    return next((kind for kind, pattern in KIND_PATTERNS if pattern.search(text)), None)
