"""Rules about privacy: what could identify or endanger a person. Each asks whether it may be public."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from releases.text.datelines import MONTH_NUMBERS
from releases.text.facts import PERSON
from releases.text.press_check.passages import fold
from releases.text.press_check.result import CheckedRelease, Context, Finding, WordLists
from releases.text.reading.lines import EMAIL

_SEPARATOR = "[ \u00a0.\u2010\u2011\u2013-]?"  # between the groups of a phone number
PHONE = re.compile(
    rf"(?<![\w/.-])(?:\+?1{_SEPARATOR})?(?:\(\d{{3}}\) ?"
    rf"|\d{{3}}{_SEPARATOR})\d{{3}}{_SEPARATOR}\d{{4}}(?![\w-])"
    rf"|(?<![\w/.-])(?:\+|011[ -]?)\d{{1,3}}(?:{_SEPARATOR}\d){{7,11}}(?![\w-])"
)
TOLL_FREE = {"800", "833", "844", "855", "866", "877", "888"}
# Alien registration numbers, social security numbers and receipt numbers of immigration cases.
_DIGITS = r"\d{2,3}[ -]?\d{3}[ -]?\d{3}\b"
CASE_NUMBER = re.compile(
    rf"\bA(?:[-#] ?|# ?| (?=[02])|){_DIGITS}"
    rf"|\bA[- ]?(?:[Nn]umber|#)[:#]? ?(?:is |es )?(?:A ?)?{_DIGITS}"
    rf"|\b(?i:alien|registration|USCIS)[- ](?i:registration )?(?i:number|no\."
    rf"|#)[:#]? ?(?:is )?(?:A[- ]?)?{_DIGITS}"
    rf"|\b[Nn][úu]mero (?:A|de (?:extranjero|registro))[:#]? ?(?:es )?(?:A ?)?{_DIGITS}"
    r"|(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"
    r"|\b(?i:EAC|WAC|LIN|SRC|NBC|MSC|IOE|YSC)[- ]?\d{2}[- ]?\d{3}[- ]?\d{5}\b"
    # Documents of other countries too. A word for the document must be next to the number.
    r"|\b(?i:passport|pasaporte|DUI|DPI|SSN|social security|seguro social)(?i: number| no\."
    r"| n[úu]mero)?(?: is| es)?"
    r"[:#]? ?#?[A-Z]?\d(?:[ -]?\d){6,12}\b"
    r"|\b[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d\b"  # CURP of Mexico
)
_MONTH = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_DATE = (
    rf"(?:(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?,? (?P<year1>(?:19|20)\d\d)"
    rf"|\d{{1,2}} (?:de )?(?:{_MONTH})(?: del?|,)? (?P<year2>(?:19|20)\d\d)"
    rf"|\d{{1,2}}[/.-]\d{{1,2}}[/.-](?P<year3>(?:19|20)?\d\d))"
)
# Up to eight words, like a place. A law is about people who were born before or after a day.
_BIRTH_GAP = r"\(?(?:(?!(?:after|before|between|or|después|antes|partir)\b)(?:[^\W\d]|[.’'-]){1,30},? ){0,8}?"
BIRTH_DATE = re.compile(
    rf"(?:\bborn {_BIRTH_GAP}(?:on )?|\(b\. |\b(?:date of birth|birth ?date|birthday"
    r"|d\.?o\.?b\.?)[ :]{0,3}(?:is |was |of )?"
    rf"|\bnaci(?:ó|eron|d[oa]s?) {_BIRTH_GAP}(?:el )?(?:día )?"
    r"|\b(?:su cumpleaños|cumple años)[ :]{0,3}(?:es |fue )?(?:el )?"
    r"|\bfecha de nacimiento[ :]{0,3}(?:es |fue )?(?:el )?)" + _DATE,
    re.IGNORECASE,
)
BIRTH_DATE_MIN_YEAR = 1930  # people born earlier are history
STREET = re.compile(
    r"\b\d{1,5}(?: ½| 1/2)? (?:[NSEW]\.? |North |South |East |West )?(?:(?:[A-Z][\w’'.-]*"
    r"|\d{1,3}(?:st|nd|rd|th)) ){1,4}"
    r"(?:St|Street|Ave|Avenue|Blvd|Boulevard|Rd|Road|Dr|Drive|Ln|Lane|Way|Ct|Court|Pl|Place|Ter|Terrace"
    r"|Cir|Circle)\b\.?"
    r"|\b\d{1,5} de la (?:calle|avenida) [A-ZÁÉÍÓÚÑ]\w+"
    r"|\b(?:[Cc]alle|[Aa]venida) [A-ZÁÉÍÓÚÑ]\w+(?: \w+){0,3} (?:#|[Nn]úm\.? |[Nn]o\.? )?\d{1,5}\b"
)
STREET_WORDS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "street": "st", "avenue": "ave",
    "boulevard": "blvd", "road": "rd", "drive": "dr", "place": "pl", "lane": "ln", "court": "ct",
}  # fmt: skip
LIVES_THERE = re.compile(
    r"\b(?:lives?(?!-| (?:lost|stream|without|in fear))|lived|living(?! in (?:fear|detention))"
    r"|resides?|resided|residing|(?:his|her|their|family(?:'s"
    r"|’s)?) (?:home|house|apartment)"
    r"|home address|at home|home (?:at|of)|apartment|apt|unit (?=[#\d])|vive[n]?(?! con miedo)|vivimos"
    r"|(?<!en )vivo|vivía[n]?"
    r"|viviendo|reside[n]?|residía"
    r"|domicilio|apartamento"
    r"|su (?:casa|hogar|vivienda)|la casa de)\b",
    re.IGNORECASE,
)
NOT_A_PERSON = frozenset(
    (
        "los angeles united states estados unidos american central salvador guatemala honduras nicaragua "
        "california mexico supreme court corte suprema department departamento city county condado council "
        "congress congreso house senate senado center centro resource homeland security immigration customs "
        "enforcement university universidad press release temporary protected status deferred action january "
        "february march april may june july august september october november december monday tuesday "
        "wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo "
        "carecen ice uscis daca tps dapa act ley dream program programa administration district north south "
        "east west street avenue boulevard judge attorney general senator representative congressman "
        "congresswoman mayor governor secretary supervisor councilmember assemblymember sheriff pope saint "
        "archbishop jueza juez senador senadora alcaldesa alcalde gobernador presidenta presidente president "
        "union heights valley park island plaza hills beach the this these those most many some "
        "every each our if when"
    ).split()
)
_HOLDER = "recipient|holder|beneficiary|applicant|seeker|grantee|enrollee"
_STATUS_EN = (
    r"(?:undocumented(?! (?:[\w-]+ ){0,2}?(?:people|children|youth|women|men|community|population"
    r"|parents|[\w-]{3,}s)\b)"
    rf"|(?:DACA|TPS|DAPA|DED|asylum|parole|[UT][- ]visa|VAWA|green[- ]card)[ -](?:{_HOLDER})(?!s)"
    rf"|Temporary Protected Status (?:{_HOLDER})(?!s)"
    rf"|(?:{_HOLDER}) of (?:the )?(?:DACA|TPS|DED|asylum|Temporary Protected Status|Deferred (?:Action"
    rf"|Enforced))"
    r"|asylum[- ]seeker(?!s)|asylee(?!s)|refugee(?!s)|dreamer(?!s)|unaccompanied minor(?!s)"
    r"|in(?:to)? (?:ICE|immigration) (?:custody|detention)|in (?:deportation|removal) proceedings"
    r"|(?:detained|arrested|taken|deported) by (?:ICE|CBP|immigration|federal agents|Border Patrol)"
    r"|(?:facing|fighting) (?:deportation|removal)"
    r"|here illegally|out of status"
    r"|without (?:legal |immigration )?(?:papers|status|documents)|(?:legal )?permanent resident(?!s))"
    # “Ana Ruiz is a refugee lawyer.”
    r"(?! (?:advoca|attorney|lawyer|expert|law\b|rights|program|organiz|coordinator|communit|service|polic))"
)
_STATUS_ES = (
    r"(?:indocumentad[oa]\b|(?:beneficiari[oa]|titular|recipiente|solicitante|portadora?) (?:del? )?"
    r"(?:la )?(?:(?:programa )?(?:DACA|TPS|DAPA|DED)|asilo|visa [UT]|Acción Diferida|Est(?:atus"
    r"|ado) de Protección)\b"
    r"|tepesian[oa]\b|amparad[oa] (?:por|con|bajo) (?:el )?(?:DACA|TPS)|(?<=[,(] )con (?:DACA|TPS)\b"
    r"|solicitante de asilo"
    r"|refugiad[oa]\b|asilad[oa]\b"
    r"|soñadora?\b|dreamer\b|menor no acompañad[oa]\b|en proceso de (?:deportación|expulsión)"
    r"|sin (?:papeles|estatus)\b"
    r"|deportad[oa]\b|(?:detenid|arrestad)[oa] por (?:el |la |(?:los )?agentes (?:de |del )?)?(?:ICE"
    r"|migra|inmigración)"
    r"|bajo custodia de ICE|enfrenta (?:la "
    r"|una )?deportación"
    r"|residente permanente)"
)
_GAP_EN = (
    r"(?:(?!(?:who|that|which|for|of|with|to|said|and|but|representing|serving|helping|whose)\b)"
    r"[\w’'-]+ ){0,4}?"
)
_GAP_ES = r"(?:(?!(?:que|quien|para|de|del|con|a|dijo|y|pero|cuy[oa]s?)\b)[\w’'-]+ ){0,4}?"
# A clause between commas: “Ana Paz, a mother of two, is …”. Then a verb must follow.
_CLAUSE = r"(?:, [^,.;:]{1,60},)? "
_AGE = r"(?:(?:aged? )?\d{1,3}(?: años)?(?:[- ]years?[- ]old)?,? )?(?:de \d{1,3} años,? )?"
PERSON_WITH_STATUS = (
    re.compile(
        rf"(?P<name>{PERSON}){_CLAUSE}(?:is|was|has been|es|era|fue|ha sido) (?:(?:now|still|an?|una?|ya) )?"
        rf"(?:{_STATUS_EN}|{_STATUS_ES}|deported\b)"
    ),
    re.compile(
        rf"(?P<name>{PERSON})(?:, | \(| )(?:-year-old )?{_AGE}"
        r"(?:(?:who )?(?:is|was|has been|became|remains|are) (?:now |still |currently "
        r"|also )?(?:an? |the )?|an? |the |)"
        rf"{_GAP_EN}{_STATUS_EN}"
    ),
    re.compile(
        rf"(?P<name>{PERSON}),? (?:who )?(?:has|had|holds|held|received|lost|applied for"
        rf"|was granted|was denied|does not have|doesn[’']t have) "
        r"(?:her |his |their |an? |no |any )?(?:(?:DACA|TPS|DED|asylum)(?! (?:recipient|holder|seeker))"
        r"|green card"
        r"|[UT][- ]visa|(?:legal |immigration )?(?:status|papers)|(?:final )?order of removal"
        r"|(?:deportation|removal) order)\b"
    ),
    re.compile(
        rf"(?:\b[Uu]ndocumented (?:(?!from|in|at|of)[a-z-]+ ){{1,2}}|(?:DACA|TPS|DED|[Aa]sylum"
        rf"|[UT][- ]visa)[ -](?:{_HOLDER})(?:s| and [\w ]{{1,30}}?)?,? "
        rf"|\bICE (?:agents |officers )?(?:detained|arrested|deported|took) "
        rf"|\b[Dd]reamer,? |\b[Rr]efugee |\b[Aa]sylee )(?P<name>{PERSON})"
    ),
    re.compile(
        rf"(?P<name>{PERSON})(?:, | \(| ){_AGE}"
        r"(?:(?:(?:quien|que) )?(?:es|era|fue|ha sido|está|estaba) (?:un |una |el |la )?|una? |el |la |)"
        rf"{_GAP_ES}{_STATUS_ES}"
    ),
    re.compile(
        rf"(?P<name>{PERSON}),? (?:(?:quien|que) )?(?:no )?(?:tiene|tenía|recibió|perdió|solicitó|pidió"
        rf"|obtuvo) (?:el |su |la |una )?"
        r"(?:DACA|TPS|DED|asilo|visa [UT]|papeles|orden (?:final )?de deportación)\b"
    ),
    re.compile(
        rf"(?:\bICE (?:detuvo|arrestó|deportó) a |\b(?:(?:un|una|el"
        rf"|la) )(?:[a-zñáéíóú]+ )?indocumentad[oa],? |{_STATUS_ES},? )(?P<name>{PERSON})"
    ),
)


def find_contacts_of_others(release: CheckedRelease, lists: WordLists, context: Context) -> Iterator[Finding]:
    """Find phones and emails that belong neither to the newsroom nor to a list of public ones."""
    reported = set()
    for passage in release.passages:
        for match in [*PHONE.finditer(passage.text), *EMAIL.finditer(passage.text)]:
            text = match[0].strip()
            is_email = "@" in text
            key = text.lower() if is_email else re.sub(r"\D", "", text).removeprefix("1")
            if key in lists.public_contacts or key in reported or (not is_email and key[:3] in TOLL_FREE):
                continue
            reported.add(key)
            message = (
                _("This email isn't one of the newsroom's contacts. May it be public?")
                if is_email
                else _("This phone number isn't one of the newsroom's contacts. May it be public?")
            )
            yield Finding("contact_of_others", passage.field, text, message, is_private=True)


def find_case_numbers(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    for passage in release.passages:
        for match in CASE_NUMBER.finditer(passage.text):
            message = _("This looks like the number of a person or a case. May it be public?")
            yield Finding("case_number", passage.field, match[0], message, is_private=True)


def find_birth_dates(release: CheckedRelease, _lists: WordLists, _context: Context) -> Iterator[Finding]:
    for passage in release.passages:
        for match in BIRTH_DATE.finditer(passage.text):
            year = match["year1"] or match["year2"] or match["year3"]
            if len(year) == 4 and int(year) < BIRTH_DATE_MIN_YEAR:
                continue
            message = _("This looks like a birth date. May it be public?")
            yield Finding("birth_date", passage.field, match[0], message, is_private=True)


def find_home_addresses(release: CheckedRelease, _lists: WordLists, context: Context) -> Iterator[Finding]:
    """Find street addresses in sentences about where somebody lives."""
    public = _shorten_street(f"{context.office_address}\n{release.event_place}")
    for passage in release.passages:
        for sentence in passage.sentences:
            if not LIVES_THERE.search(sentence):
                continue
            for match in STREET.finditer(sentence):
                if _shorten_street(match[0]) in public:
                    continue
                message = _("This looks like the address where a person lives. May it be public?")
                yield Finding("home_address", passage.field, match[0], message, is_private=True)


def _shorten_street(address: str) -> str:
    """Return “2845 w 7th st” for “2845 West 7th Street”."""
    words = re.findall(r"\w+", fold(address))
    return " ".join(STREET_WORDS.get(word, word) for word in words)


def find_names_with_status(
    release: CheckedRelease, _lists: WordLists, _context: Context
) -> Iterator[Finding]:
    """Find full names next to an immigration status: “María López, a DACA recipient”."""
    reported = set()
    for passage in release.passages:
        for pattern in PERSON_WITH_STATUS:
            for match in pattern.finditer(passage.text):
                name = match["name"]
                if not is_person(name) or name in reported:
                    continue
                reported.add(name)
                message = _(
                    "A full name next to an immigration status. Did this person agree, and may it be public?"
                )
                yield Finding("name_with_status", passage.field, match[0][:160], message, is_private=True)


def is_person(name: str) -> bool:
    """Return whether capitalized words can be the name of a person: none is known from other names."""
    words = fold(name).replace(".", "").replace("maria de los angeles", "maria")
    return not NOT_A_PERSON & set(words.split())
