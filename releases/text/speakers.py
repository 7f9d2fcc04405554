"""Read who speaks from the clause next to a quotation, like “said Ana Ruiz, director of CARECEN”.

Nothing is guessed: a clause with a pronoun, an organization, two people or anything else than a name and a
role names no speaker.
"""

import re
from dataclasses import dataclass

VERBS = (
    "said|says|stated|states|added|adds|explained|explains|noted|notes|declared|commented|remarked|affirmed"
    "|emphasized|stressed|argued|warned|insisted|recalled|replied|responded|concluded|continued|asked|announced"
    "|wrote|testified"
    "|dijo|dice|afirmó|afirma|señaló|señala|expresó|expresa|agregó|agrega|añadió|añade|comentó|comenta|declaró"
    "|declara|manifestó|manifiesta|indicó|indica|explicó|explica|aseguró|asegura|sostuvo|sostiene|destacó|destaca"
    "|subrayó|subraya|enfatizó|recalcó|advirtió|advierte|denunció|apuntó|puntualizó|concluyó|reiteró|insistió"
    "|recordó|relató|contó|aseveró|expuso|mencionó|respondió|preguntó|precisó|lamentó|opinó|escribió"
)
MAX_CLAUSE_LENGTH = 250  # characters
MAX_NAME_WORDS = 6
MAX_TITLE_WORDS = 10

_VERB = rf"(?i:(?:also |también )?(?:{VERBS}))"
_TOLD = r"(?:also )?told (?:the )?[\w’' ]{3,30}"
_WHERE = (  # what may be left out, because the release is the statement
    r"(?:,? (?:in a (?:(?:press |public |written )?statement|press release)|en una? (?:declaración"
    r"|comunicado(?: de prensa)?)|a l[ao]s? (?:medios|prensa|reporteros|periodistas)))?"
)
VERB_FIRST = re.compile(rf"(?:(?i:como|as) )?{_VERB}{_WHERE} (?P<who>.+?){_WHERE}")
NAME_FIRST = re.compile(rf"(?:(?i:como|as) )?(?P<who>.+?),? (?:{_VERB}|{_TOLD}){_WHERE}")
SOURCE = re.compile(r"(?i:according to|según|de acuerdo con) (?P<who>.+)")
PARTY = re.compile(r" \([DRI]-[^()]{2,30}\)$")

HONORIFICS = set(
    "dr dra mr mrs ms sr sra srta rev fr hon sen rep prof gov lic ing arq msgr mons atty".split()
)
PARTICLES = set("de del la las los van von der da das dos di bin al el".split())
LINKING_WORDS = set("of for from in at with to on by and a e y en con para por".split())
SUFFIXES = {"Jr.", "Sr.", "II", "III", "IV"}
TITLES = set(
    "director directora codirector codirectora co-director attorney lawyer counsel abogado abogada "
    "president presidente presidenta vicepresident vicepresidente vicepresidenta coordinator coordinador "
    "coordinadora organizer organizador organizadora spokesperson spokeswoman spokesman portavoz vocero "
    "vocera representative representante founder co-founder cofounder fundador fundadora cofundador "
    "cofundadora manager gerente chief jefe jefa ceo chair chairman chairwoman chairperson secretary "
    "secretario secretaria mayor alcalde alcaldesa governor gobernador gobernadora senator senador senadora "
    "supervisor supervisora councilmember councilwoman councilman concejal concejala assemblymember "
    "assemblywoman assemblyman asambleísta congresswoman congressman congressmember congresista "
    "commissioner comisionado comisionada professor profesor profesora teacher maestro maestra student "
    "estudiante doctor doctora nurse enfermero enfermera priest sacerdote padre father pastor pastora "
    "bishop obispo rabbi rabino sister hermana archbishop arzobispo cardinal cardenal activist activista "
    "advocate defensor defensora leader líder member miembro analyst analista deputy general judge juez "
    "jueza consul cónsul ambassador embajador embajadora minister ministro ministra sheriff recipient "
    "beneficiario beneficiaria mother madre resident residente worker trabajador trabajadora treasurer "
    "tesorero tesorera superintendent superintendente speaker administrator paralegal janitor cook nanny "
    "driver housekeeper gardener farmworker veteran veterano veterana artist artista author autor autora "
    "writer escritor escritora journalist periodista researcher investigador investigadora economist "
    "economista physician médico médica pediatrician pediatra psychologist psicólogo psicóloga tenant "
    "inquilino inquilina parent grandmother abuela survivor sobreviviente witness plaintiff demandante "
    "refugee refugiado refugiada volunteer voluntario voluntaria promotora promotor conserje chofer "
    "jornalero jornalera".split()
)
# Titles that identify a person with the family name alone: “Congressman Gomez”.
OFFICES = set(
    "president presidente presidenta senator senador senadora representative congressman congresswoman "
    "congressmember congresista mayor alcalde alcaldesa governor gobernador gobernadora judge juez jueza "
    "sheriff supervisor supervisora commissioner comisionado comisionada councilmember councilman "
    "councilwoman concejal assemblymember assemblyman assemblywoman asambleísta bishop archbishop obispo "
    "arzobispo rabbi".split()
)
# Words of organizations, places and times, and first words of sentences, which look like parts of a name.
NOT_IN_NAMES = TITLES | set(
    "center centre centro coalition coalición department departamento court corte tribunal council concejo "
    "committee comité commission comisión association asociación union sindicato university universidad "
    "college campaign campaña act network red alliance alianza foundation fundación fund fondo project "
    "proyecto program programa institute instituto house casa senate senado congress congreso police "
    "policía city ciudad county condado state states estado estados office oficina organization "
    "organización group grupo agency agencia bureau administration administración government gobierno "
    "ministry ministerio consulate consulado church iglesia school escuela district distrito board junta "
    "federation federación movement movimiento party partido workers trabajadores immigrants immigrant "
    "inmigrantes rights derechos legal services servicios community comunidad families familias americans "
    "american national nacional united unidos california texas guatemala honduras nicaragua mexico méxico "
    "news times opinión executive ejecutivo ejecutiva law ley monday tuesday wednesday thursday friday "
    "saturday sunday january february march april june july august september october november december "
    "lunes martes miércoles jueves viernes sábado domingo today yesterday tomorrow hoy ayer mañana the a an "
    "this that these those he she they we i it you his her its their our who what when where while why how "
    "as and but or so then later also after before in on at by for from with to of if now here there both "
    "outside inside recently earlier finally meanwhile however instead still even only one two another "
    "other many some most all every each longtime former new first un una unos unas este esta estos estas "
    "ese esa él ella ellos ellas nosotros usted yo su sus nuestro nuestra quien que cuando mientras como y "
    "pero o luego después antes también en con para por sin desde si ahora aquí ambos otro otra muchos "
    "algunos todos cada según international charities industries patrol homeland security customs border "
    "service press associated watch".split()
)
# The first words of a phrase after a name that isn't a role: where, when and how somebody speaks.
NOT_ROLES = re.compile(
    r"(?:in|on|at|after|before|during|with|without|to|by|about|as|from|for|than|and|but|or|nor|who|whose|whom|which"
    r"|that|where|when|while|if|because|since|once|just|then|late|later|early|earlier|recently|again|last|this"
    r"|next|near|outside|inside|amid|despite|through|toward|against|over|under|between|regarding|alongside|joined"
    r"|surrounded|flanked|accompanied|quoted|en|con|sin|tras|durante|ante|al|por|para|desde|sobre|acerca|contra"
    r"|hacia|hasta|bajo|entre|según|y|e|pero|o|u|que|quien|quienes|cuyo|cuya|donde|cuando|mientras|si|anoche|luego"
    r"|también|este|esta|ese|esa|rodead[oa]|acompañad[oa]|citad[oa]|junto|el (?:lunes|martes|miércoles|jueves"
    r"|viernes|sábado|domingo)|[a-záéíóúñ]+(?:mente|[aeiáéí]ndo(?:se|l[aeo]s?)?)|(?!family\b)[a-z]+ly"
    r"|(?!(?:acting|founding|managing|housing|nursing|marketing|visiting|leading|organizing|fundraising|engineering"
    r"|consulting|counseling|training|outgoing|incoming)\b)[a-z]{2,}ing)\b"
    r"|(?-i:(?:of|del?)(?: the| las?| los)? [a-záéíóúñ])",
    re.IGNORECASE,
)
# Words that make a clause of it, or depend on other sentences.
CLAUSE = re.compile(
    r"(?<![\w’'-])(?:after|before|while|when|because|said|says|told|added|but|ago|yesterday|today|tonight|is|are|was"
    r"|were|has|have|had|will|would|he|she|they|his|her|their|its|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|pero|después|antes|mientras|cuando|porque|tras|durante|hoy|ayer|dijo|dice|agregó|añadió|es|son|fue|era|está|están"
    r"|ha|han|había|será|su|sus|nuestr[oa])(?![\w’'-])",
    re.IGNORECASE,
)
NEW_SENTENCE = re.compile(
    r"[.!?] (?:The|An?|He|She|It|We|They|In|On|At|El|La|Los|Las|Una?|En)\b|[!?;:…“”«»\"]"
)


@dataclass(frozen=True)
class Speaker:
    """A person as an attribution names them: “Rep. Judy Chu”. The role, like “director”, may be empty."""

    name: str
    role: str = ""


def parse_following_clause(clause: str, is_separate: bool = True) -> Speaker | None:
    """Return who speaks in a clause after a quotation: “said Ana Ruiz, director”, “Ana Ruiz said”.

    `is_separate`: whether a comma or the like is between them. Without one, “Families Together” organizer Ana
    Ruiz said, the marks may enclose a name.
    """
    return _parse_clause(clause, (VERB_FIRST, NAME_FIRST, SOURCE) if is_separate else (VERB_FIRST,))


def parse_leading_clause(clause: str) -> Speaker | None:
    """Return who speaks in a clause before a quotation, without its colon: “Ana Ruiz, director, said”."""
    return _parse_clause(clause, (SOURCE, NAME_FIRST, VERB_FIRST))


def parse_speaker(text: str) -> Speaker | None:
    """Return the person whom `text` names, with a role before or after the name, or None."""
    if len(text) > MAX_CLAUSE_LENGTH:
        return None
    text = re.sub(r"^(?:el|la|the) (?=[A-Z][a-z]{1,3}\. )", "", " ".join(text.split()))  # “la Dra. Ana Peña”
    first, *rest = re.split(r", *", text)
    speaker = _parse_name_with_title(first)
    if speaker is None and rest and _is_name(rest[-1].split()):  # “la directora de CARECEN, Ana Ruiz”
        title = ", ".join([first, *rest[:-1]])
        speaker, rest = (Speaker(rest[-1], title) if _is_title(title.split()) else None), []
    if speaker is None or not all(map(_is_role, rest)):
        return None
    role = ", ".join(filter(None, [speaker.role, *rest]))
    return Speaker(speaker.name, _strip_article(_strip_of(role)))


def _parse_clause(clause: str, patterns: tuple[re.Pattern[str], ...]) -> Speaker | None:
    clause = " ".join(clause.split())
    if len(clause) > MAX_CLAUSE_LENGTH:
        return None
    for pattern in patterns:
        if (match := pattern.fullmatch(clause)) and (speaker := parse_speaker(match["who"])):
            return speaker
    return None


def _parse_name_with_title(text: str) -> Speaker | None:
    """Return the speaker in “Executive Director Ana Ruiz”, “Ana Ruiz of CARECEN” or “Ana Ruiz (D-Calif.)”."""
    party = match[0] if (match := PARTY.search(text)) else ""
    words = text.removesuffix(party).split()
    return _find_name(words, [], party) or _find_name(*_split_organization(words), party)


def _find_name(words: list[str], organization: list[str], party: str) -> Speaker | None:
    """Return the speaker whose name ends `words`, after a title or nothing."""
    for start in range(min(len(words), MAX_TITLE_WORDS + 1)):
        title, name = words[:start], words[start:]
        min_words = 1 if title and _fold(title[-1]) in OFFICES else 2
        if not _is_name(name, min_words) or (title and not (_is_title(title) and _ends_title(title))):
            continue
        if len(title) == 1 and title[0][0].isupper():  # “Mayor Karen Bass”
            title, name = [], words
        return Speaker(" ".join(name) + party, " ".join([*title, *organization]))
    return None


def _split_organization(words: list[str]) -> tuple[list[str], list[str]]:
    """Return the words before “of CARECEN” or “de la Coalición”, and these, if the words end like that."""
    for number, word in enumerate(words):
        tail = words[number + 1 :]
        if word == "of" or (word in ("de", "del") and _is_organization(tail)):
            return words[:number], words[number:]
    return words, []


def _is_organization(words: list[str]) -> bool:
    return any(_is_acronym(word) or _fold(word) in NOT_IN_NAMES for word in words)


def _is_name(words: list[str], min_words: int = 2) -> bool:
    """Return whether `words` are the name of a person: `min_words` or more, or one after “Dr.”."""
    while words and (words[0] == "U.S." or (words[0].endswith(".") and _fold(words[0]) in HONORIFICS)):
        min_words = 1
        words = words[1:]
    capitalized = [word for word in words if word not in PARTICLES]
    if not min_words <= len(capitalized) <= MAX_NAME_WORDS or len(words) > 2 * MAX_NAME_WORDS:
        return False
    return (
        words[0] in capitalized
        and words[0] not in ("El", "La", "Los", "Las")
        and words[-1] in capitalized
        and len(capitalized[0]) > 1
        and all(map(_is_name_word, capitalized))
    )


def _is_name_word(word: str) -> bool:
    if word in SUFFIXES or re.fullmatch(r"(?:[^\W\d_]\.)+", word):
        return word[0].isupper()
    return (
        bool(re.fullmatch(r"[^\W\d_][^\W\d_’'-]*(?:[’'-][^\W\d_]+)*", word))
        and word[0].isupper()
        and not _is_acronym(word)
        and _fold(word) not in NOT_IN_NAMES
        and not word.endswith(("’s", "'s"))
    )


def _is_acronym(word: str) -> bool:
    return sum(map(str.isalpha, word)) > 2 and word.isupper()


def _is_title(words: list[str]) -> bool:
    """Return whether `words` before a name are a title, like “Executive Director” or “la directora”."""
    words = words[1:] if words[0] in ("el", "la", "the", "The", "El", "La") else words
    is_title = bool(words) and (_fold(words[0]) in TITLES or _fold(words[-1]) in TITLES)
    return is_title and len(words) <= MAX_TITLE_WORDS and _is_role(" ".join(words))


def _ends_title(words: list[str]) -> bool:
    """Return whether no part of the name can be among `words` before it."""
    last = words[-1]
    is_family = len(words) < 3 and last in ("padre", "madre", "hermana", "father", "mother", "sister")
    is_complete = last not in PARTICLES | LINKING_WORDS and not is_family
    return is_complete and (last[0].islower() or _is_acronym(last) or _fold(last) in TITLES)


def _is_role(text: str) -> bool:
    """Return whether `text` can be a role. One word must be known: “emocionada” after a name is none."""
    if not text or NOT_ROLES.match(text) or CLAUSE.search(text) or NEW_SENTENCE.search(text):
        return False
    return not text.isalpha() or text[0].isupper() or text in TITLES


def _fold(word: str) -> str:
    return word.lower().rstrip(".,")


def _strip_article(role: str) -> str:
    return re.sub(r"^(?:(?:the|el|la) (?=\w)|(?:The|El|La) (?=[a-záéíóúñ]))", "", role)


def _strip_of(role: str) -> str:
    """Return “CARECEN” for “of CARECEN” and “de CARECEN”, but not “Pico-Union” for “of Pico-Union”."""
    match = re.match(r"(?:of(?: the)?|del?(?: las?| los)?) (?=[^\W\d_a-záéíóúñ])", role)
    return role[match.end() :] if match and _is_organization(role[match.end() :].split()) else role
