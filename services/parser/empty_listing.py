"""Whether a listing says that there are no open positions at present.

A wrong yes closes live postings, so the sentence alone is not enough. It must say that it speaks of now, stand alone in
plain sight in the content of the page, belong to no search, filter or form, wait for no script, and the page may lead to no
board of a vendor's that could fill it. "No results" is what a widget says, and is never taken.
"""

import re

from selectolax.lexbor import LexborNode

from services.parser.ats.registry import recognise
from services.parser.document import Document, Line
from services.parser.normalise.text import fold

LONGEST = 300
"""Characters of a line that says so; a longer one says other things as well."""
MAX_NODES = 5_000
"""Elements that are looked at for where a sentence stands."""

_ADJECTIVE = r"(?: (?:open|current|vacant|available|advertised|job|new|live|active|career|employment|public))"
_NOUN = r"(?:positions?|vacanc(?:y|ies)|jobs?|roles?|openings?|opportunities|posts)"
_SAYINGS: tuple[tuple[str, str], ...] = (
    # English
    (
        r"\b(?:current|currently|presently|at present|right now|just now|for now|as of now|at (?:the|this) (?:moment|time|point))\b",
        (
            rf"\bno{_ADJECTIVE}{{0,3}} {_NOUN}\b"
            rf"|(?:\bnot|n.t)(?: currently| presently)? have any{_ADJECTIVE}{{0,3}} {_NOUN}\b"
            rf"|\b(?:are not|aren.t)(?: currently| presently)? any{_ADJECTIVE}{{0,3}} {_NOUN}\b"
            r"|\bnot(?: currently| presently| actively)? (?:hiring|recruiting)\b"
        ),
    ),
    # German
    (
        r"\b(?:derzeit|momentan|aktuell\w*|zurzeit|zur zeit|im moment|gegenwartig|im augenblick)\b",
        (
            r"\bkeine?n?(?: (?:freien?|offenen?|vakanten?|aktuellen?|neuen?|zu besetzenden)){0,2}"
            r" (?:stellen\w*|jobs?|jobangebote|positionen|vakanzen|ausschreibungen|arbeitsplatze|ausbildungsplatze)\b"
            r"|\balle (?:stellen|positionen) (?:sind )?(?:bereits )?besetzt\b"
        ),
    ),
    # French
    (
        r"\b(?:actuellement|pour le moment|pour l.instant|en ce moment|a ce jour|a l.heure actuelle|momentanement)\b",
        (
            r"\b(?:aucune?|pas d.|pas de)(?: (?:nouvelle|nouveau))? ?(?:offres?|postes?|emplois?|recrutements?)\b"
            r"|\bne recrut\w+ (?:pas|plus)\b"
        ),
    ),
    # Spanish
    (
        r"\b(?:actualmente|en est[eo]s? momentos?|por el momento|por ahora|de momento)\b",
        (
            r"\bno (?:hay|tenemos|disponemos de|existen|contamos con)(?: ninguna?| ningun)?"
            r" (?:ofertas?|puestos?|vacantes?|plazas|oportunidades|posiciones)\b|\bsin (?:vacantes|ofertas)\b"
        ),
    ),
    # Catalan
    (
        r"\b(?:actualment|ara mateix|en aquests? moments?|de moment)\b",
        r"\bno (?:hi ha|tenim|disposem de)(?: cap)? (?:ofert\w+|vacants?|places|llocs)\b",
    ),
    # Italian
    (
        r"\b(?:attualmente|al momento|in questo momento|per il momento|momentaneamente)\b",
        (
            r"\bnon (?:ci sono|abbiamo|sono presenti|sono disponibili|vi sono)(?: nuove)?"
            r" (?:posizioni|offerte|opportunita|annunci|posti)\b|\bnessuna (?:posizione|offerta)\b"
        ),
    ),
    # Portuguese
    (
        r"\b(?:atualmente|actualmente|n[eo]s?t?e? momento|de momento|por enquanto|presentemente)\b",
        (
            r"\bnao (?:ha|temos|existem|possuimos|dispomos de)(?: nenhuma| quaisquer)?"
            r" (?:vagas?|ofertas|oportunidades|posicoes)\b|\bsem vagas\b"
        ),
    ),
    # Dutch
    (
        r"\b(?:momenteel|op (?:dit|het) (?:moment|ogenblik))\b",
        r"\bgeen(?: (?:openstaande|open|actuele|beschikbare)){0,2} (?:vacatures?|functies|jobs|posities)\b",
    ),
    # Swedish
    (
        r"\b(?:for narvarande|just nu|for tillfallet|i nulaget|for ogonblicket)\b",
        r"\b(?:inga|inte nagra)(?: (?:lediga|oppna|aktuella))? (?:tjanster|jobb|platser|annonser)\b",
    ),
    # Danish and Norwegian
    (
        r"\b(?:i ?ojeblikket|i oejeblikket|for oyeblikket|for tiden|lige nu|akkurat na|pa navaerende tidspunkt)\b",
        r"\bingen(?: (?:ledige|abne|apne|aabne|aktuelle))? (?:stillinger|jobs?|jobb)\b",
    ),
    # Finnish
    (
        r"\b(?:talla hetkella|juuri nyt|parhaillaan)\b",
        r"\bei ole(?: yhtaan)?(?: (?:avoimia|avoinna olevia))? (?:tyopaikkoja|tehtavia|paikkoja)\b",
    ),
    # Polish
    (
        r"\b(?:obecnie|aktualnie|w tej chwili|na chwile obecna|w chwili obecnej|na ten moment)\b",
        (
            r"\b(?:nie (?:mamy|prowadzimy|posiadamy|ma)|brak)(?: (?:zadnych|otwartych|wolnych|aktualnych|nowych)){0,2}"
            r" (?:ofert|stanowisk|rekrutacji|wakatow|miejsc pracy)\b"
        ),
    ),
    # Czech and Slovak
    (
        r"\b(?:momentalne|aktualne|v soucasne dobe|v soucasnosti|nyni|v tuto chvili|prave ted|v sucasnosti|prave teraz)\b",
        (
            r"\b(?:nemame|nenabizime|nejsou|neponukame|nie su)(?: (?:k dispozici|vypsan\w+|zadn\w+|ziadn\w+|voln\w+|otevren\w+|otvoren\w+)){0,3}"
            r" (?:pozice|pozicie|mista|miesta|nabidky|ponuky)\b"
        ),
    ),
    # Hungarian
    (
        r"\b(?:jelenleg|pillanatnyilag)\b",
        r"\bnincs(?:enek)? (?:nyitott|betoltheto|meghirdetett|ures) (?:pozicio\w*|allas\w*|munkakor\w*)",
    ),
    # Romanian
    (
        r"\b(?:momentan|in prezent|in acest moment|pe moment)\b",
        r"\bnu (?:avem|exista|sunt) (?:posturi|pozitii|locuri de munca|oferte|joburi)\b",
    ),
    # Turkish
    (
        r"\b(?:su an|su anda|su an icin|simdilik|halihazirda)\b",
        r"\b(?:ac[iı]k|aktif) (?:pozisyon|is ilani|ilan|kadro)\w*(?: \w+)? (?:bulunmamaktad[iı]r|yoktur|yok|bulunmuyor)\b",
    ),
    # Russian and Ukrainian
    (
        r"(?:сейчас|в данный момент|на данный момент|в настоящее время|зараз|наразі|на даний момент)",
        r"(?:нет|немає|відсутні) (?:\w+ )?ваканс\w+|ваканс\w+ (?:нет|немає|отсутствуют|відсутні)",
    ),
    # Japanese, Chinese, Korean: the words stand without blanks.
    (r"現在|ただいま|ただ今", r"(?:募集|求人)[^。]{0,20}(?:おりません|ありません|ございません|していません)"),
    (r"目前|暂时|现在|当前|暫時|現在|當前|暂无", r"(?:没有|沒有|无|無)[^。]{0,8}(?:职位|職位|岗位|崗位|职缺|職缺)"),
    (r"현재|지금", r"(?:채용|모집)[^.]{0,20}(?:없습니다|있지 않습니다)"),
)
"""For each language: how it says "at present", and how it says "no positions". Both must stand in one sentence."""

_COMPILED = tuple((re.compile(fold(now)), re.compile(fold(none))) for now, none in _SAYINGS)

_LIMITED = re.compile(
    fold(
        r"search|filter|criteria|match|select|suche|kriteri|auswahl|passend|criter|recherch|busqueda|ricerca|pesquisa|zoek"
        r"|\bsok\b|haku|wyszuk|vyhled|arama|検索|条件|搜索|筛选|검색|поиск|фильтр|пошук|categor|kategor|department|abteilung"
        r"|bereich|except|other than|apart from|ausser|abgesehen|sauf|excepto|salvo|tranne|behalve|undtag|unntatt|\{\{"
        rf"|{_NOUN} (?:in|for|within|near|based) (?!our |the (?:company|team|moment)|us\b)"
        r"|(?:stellen|jobs|positionen|vakanzen) (?:in|im|fur|als|bei der|am standort)\b"
    )
)
"""What makes the sentence one about a part of the board, or about a search, folded."""
_SENTENCE = re.compile(r"[.!?;。！？]+(?:\s|$)|[。！？]")
_CONDITIONAL = re.compile(
    r"^(?:v-(?:if|show|else|cloak)|x-(?:show|if|cloak)|ng-(?:if|show|hide|cloak)|\*ngif|data-(?:bind|if|show)|hx-|:hidden)"
)
"""Attributes by which scripts decide whether an element is shown, as far as they have run."""
_UNSEEN = re.compile(
    r"(?:^|[\s_-])(?:hidden|hide|d-none|invisible|visually-hidden|sr-only|screen-reader-text|template|placeholder|modal|popup|dialog"
    r"|filter\w*|search\w*|facet\w*|no-?results?|not-?found|loading|cookie\w*|consent)(?:$|[\s_-])"
)
"""Classes and ids of what is not shown, or of what belongs to a search or a notice over the page."""
_PLACES = "p, div, span, li, h1, h2, h3, h4, h5, h6, td, strong, em, b, i, section, article"
_WIDGETS = frozenset(
    {"form", "dialog", "template", "select", "noscript", "label", "button", "nav", "aside", "footer", "header"}
)


def says_none(document: Document) -> bool:
    """Whether a page about jobs that leads to none says in one place, and in plain sight, that there are none at present."""
    said = [line for line in document.content if not line.link and is_said(line.text)]
    if len(said) != 1 or document.tree.css_first("input[type=password]") is not None:
        return False
    if recognise(document.url, document.page.body.decode("utf-8", "replace")) is not None:
        return False  # The board of a vendor's that the page leads to may list what the page does not.
    return _is_in_sight(document, said[0])


def is_said(text: str) -> bool:
    """Whether a line of text says that there are no open positions at present."""
    if not 5 < len(text) <= LONGEST:
        return False
    folded = fold(text)
    if _LIMITED.search(folded):
        return False
    sentences = [sentence for sentence in _SENTENCE.split(folded) if sentence]
    return any(now.search(each) and none.search(each) for each in sentences for now, none in _COMPILED)


def _is_in_sight(document: Document, line: Line) -> bool:
    """Whether every place where the line stands is shown to whoever reads the page, and part of its content."""
    body, wanted = document.tree.body, _closed(line.text)
    if body is None:
        return False
    places = [node for node in body.css(_PLACES)[:MAX_NODES] if _holds(node, wanted)]
    return bool(places) and all(_is_shown(node) for node in places)


def _holds(node: LexborNode, wanted: str) -> bool:
    text = node.text()
    return len(text) < 10 * LONGEST and _closed(text) == wanted


def _closed(text: str) -> str:
    """A text without its blanks: markup within it breaks it in other places than lines do."""
    return "".join(text.split())


def _is_shown(node: LexborNode) -> bool:
    at: LexborNode | None = node
    while at is not None and at.tag not in ("body", "html"):
        attributes = at.attributes
        if at.tag in _WIDGETS or attributes.get("aria-hidden") == "true" or "hidden" in attributes:
            return False
        if any(_CONDITIONAL.match(name.lower()) for name in attributes):
            return False
        if _UNSEEN.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()):
            return False
        at = at.parent
    return True
