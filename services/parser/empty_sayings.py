"""How languages say that there are no open positions at present, word by word.

For each language: how it says "at present"; how it says "no positions" or "we are not hiring"; and every other word that such a
sentence may hold. Any word besides narrows it down to some positions, or makes it one about something else: "no vacancies
that need relocation support", "not hiring interns", "no jobs posted by agencies". All is compared folded.
"""

import re
from typing import NamedTuple

from quiethire.domain.words import fold

_ADJECTIVE = r"(?: (?:open|current|vacant|available|advertised|job|career|employment|live|active))"
POSITIONS = r"(?:positions?|vacanc(?:y|ies)|jobs?|roles?|openings?|opportunities|posts)"
"""What English calls them."""


class Saying(NamedTuple):
    """One language's way to say so."""

    now: str
    none: str
    besides: str
    """Other words of such a sentence, each whole."""
    spaced: bool = True
    """Whether words stand apart."""


_SAYINGS = (
    Saying(  # English
        r"\b(?:currently|presently|at present|right now|just now|for now|as of now|at (?:the|this) (?:current )?(?:moment|time|point)(?: in time)?)\b",
        (
            rf"\bno{_ADJECTIVE}{{0,3}} {POSITIONS}\b"
            rf"|(?:\bnot|n.t)(?: currently| presently)? have any{_ADJECTIVE}{{0,3}} {POSITIONS}\b"
            rf"|\b(?:are not|aren.t)(?: currently| presently)? any{_ADJECTIVE}{{0,3}} {POSITIONS}\b"
            r"|\bnot(?: currently| presently| actively)? (?:hiring|recruiting)\b"
        ),
        (
            r"there|are|is|we|have|has|got|do|does|unfortunately|sorry|sadly|regrettably|alas|hello|hi|thank you|thanks"
            r"|available|open|vacant|advertised|any ?more|anyone|with us|here|to (?:offer|fill|announce|advertise)|our|the"
            r"|compan(?:y|ies)|team|organi[sz]ation|(?:at|in|on|within|for) (?:our|the) (?:company|team|organi[sz]ation)"
            r"|although|though|while|for any (?:open )?(?:positions|roles|jobs)"
            r"|(?:any )?new (?:staff|employees|people|team members|colleagues)|re|m"
        ),
    ),
    Saying(  # German
        r"\b(?:derzeit|momentan|aktuell|zurzeit|zur zeit|im moment|gegenwartig|im augenblick)\b",
        (
            r"\bkeine?n?(?: (?:freien?|offenen?|vakanten?|aktuellen?|zu besetzenden)){0,2}"
            r" (?:stellen(?:angebote|ausschreibungen|anzeigen)?|jobs?|jobangebote|positionen|vakanzen|ausschreibungen|arbeitsplatze)\b"
            r"|\balle (?:stellen|positionen) (?:sind )?(?:bereits )?besetzt\b"
        ),
        (
            r"es|gibt|wir|haben|hat|leider|bei uns|sind|ist|uns|zu (?:besetzen|vergeben)|verfugbar|ausgeschrieben|offen|frei|anbieten"
            r"|konnen|ihnen|dir|euch|in unserem (?:unternehmen|team|haus)|unser|unternehmen|vorhanden|auch wenn|zu bieten|vakant|im angebot|schade"
        ),
    ),
    Saying(  # French
        r"\b(?:actuellement|pour le moment|pour l.instant|en ce moment|a ce jour|a l.heure actuelle|momentanement)\b",
        (
            r"\b(?:aucune?|pas d.|pas de) ?(?:offres?|postes?|emplois?)(?: d.emplois?)?\b"
            r"|\bne recrut\w+ (?:pas|plus)\b"
        ),
        (
            r"nous|n|il|y|a|est|sont|ne|avons|n.avons|n.y|n.est|malheureusement|desole|desoles|disponibles?|vacante?s?|ouverte?s?|a pourvoir"
            r"|a (?:vous )?proposer|a vous|chez nous|au sein de (?:notre|l.)(?: ?(?:entreprise|equipe))|dans notre (?:entreprise|equipe)|pourvoir|publiee?s?"
        ),
    ),
    Saying(  # Spanish
        r"\b(?:actualmente|en est[eo]s? momentos?|por el momento|por ahora|de momento)\b",
        (
            r"\bno (?:hay|tenemos|disponemos de|existen|contamos con)(?: ninguna?| ningun)?"
            r" (?:ofertas?|puestos?|vacantes?|plazas|oportunidades|posiciones)(?: de (?:empleo|trabajo))?\b"
        ),
        r"lo sentimos|lamentablemente|disponibles?|abiert[oa]s?|vacantes?|activ[oa]s?|publicad[oa]s?|en nuestra empresa|laborales|que ofrecer",
    ),
    Saying(  # Catalan
        r"\b(?:actualment|ara mateix|en aquests? moments?|de moment)\b",
        r"\bno (?:hi ha|tenim|disposem de)(?: cap)? (?:ofert(?:a|es)|vacants?|places|llocs)(?: de (?:feina|treball))?\b",
        r"ho sentim|disponibles?|obert(?:a|es|s)?|vacants?|activ(?:a|es)|publicad(?:a|es)|a la nostra empresa",
    ),
    Saying(  # Italian
        r"\b(?:attualmente|al momento|in questo momento|per il momento|momentaneamente)\b",
        (
            r"\bnon (?:ci sono|abbiamo|sono presenti|sono disponibili|vi sono)"
            r" (?:posizioni|offerte|opportunita|annunci|posti)(?: (?:di lavoro|lavorative))?\b|\bnessuna (?:posizione|offerta)\b"
        ),
        r"ci dispiace|siamo spiacenti|purtroppo|apert[aeio]|vacanti|disponibil[ei]|attiv[ei]|scopert[ei]|nella nostra azienda|da offrire|lavorative|e",
    ),
    Saying(  # Portuguese
        r"\b(?:atualmente|actualmente|n[eo]s?t?e? momento|de momento|por enquanto|presentemente)\b",
        (
            r"\bnao (?:ha|temos|existem|possuimos|dispomos de)(?: nenhuma| quaisquer)?"
            r" (?:vagas?|ofertas|oportunidades|posicoes)(?: de (?:emprego|trabalho))?\b|\bsem vagas\b"
        ),
        r"infelizmente|lamentamos|abert[ao]s?|disponive(?:l|is)|ativas?|em aberto|na nossa empresa|estamos",
    ),
    Saying(  # Dutch
        r"\b(?:momenteel|op (?:dit|het) (?:moment|ogenblik))\b",
        r"\bgeen(?: (?:openstaande|open|actuele|beschikbare)){0,2} (?:vacatures?|functies|jobs|posities)\b",
        r"er|zijn|hebben|heeft|we|wij|helaas|beschikbaar|open|openstaan|staan|bij ons|in ons (?:bedrijf|team)|vacant|sorry|ons|bedrijf|is",
    ),
    Saying(  # Swedish
        r"\b(?:for narvarande|just nu|for tillfallet|i nulaget|for ogonblicket)\b",
        r"\b(?:inga|inte nagra)(?: (?:lediga|oppna|aktuella))? (?:tjanster|jobb|platser|annonser)\b",
        r"vi|har|det|finns|ar|tyvarr|lediga|oppna|hos oss|tillgangliga|att (?:soka|erbjuda)|utlysta|ute",
    ),
    Saying(  # Danish and Norwegian
        r"\b(?:i ?ojeblikket|i oejeblikket|for oyeblikket|for tiden|lige nu|akkurat na|pa navaerende tidspunkt)\b",
        r"\bingen(?: (?:ledige|abne|apne|aabne|aktuelle))? (?:stillinger|jobs?|jobb)\b",
        r"vi|har|der|det|er|finnes|desvaerre|dessverre|ledige|hos (?:os|oss)|opslaede|utlyste|tilgjengelige|tilgaengelige|a tilby",
    ),
    Saying(  # Finnish
        r"\b(?:talla hetkella|juuri nyt|parhaillaan)\b",
        r"\bei ole(?: talla hetkella| juuri nyt)?(?: yhtaan)?(?: (?:avoimia|avoinna olevia))? (?:tyopaikkoja|tehtavia|paikkoja)\b",
        r"meilla|valitettavasti|avoinna|haettavana|tarjolla|yrityksessamme",
    ),
    Saying(  # Polish
        r"\b(?:obecnie|aktualnie|w tej chwili|na chwile obecna|w chwili obecnej|na ten moment)\b",
        (
            r"\b(?:nie (?:mamy|prowadzimy|posiadamy|ma)|brak)(?: (?:zadnych|otwartych|wolnych|aktualnych)){0,2}"
            r" (?:ofert|stanowisk|rekrutacji|wakatow|miejsc)(?: pracy)?\b"
        ),
        r"niestety|przykro nam|wolnych|otwartych|u nas|w naszej firmie|dostepnych|przepraszamy",
    ),
    Saying(  # Czech and Slovak
        r"\b(?:momentalne|aktualne|v soucasne dobe|v soucasnosti|nyni|v tuto chvili|prave ted|v sucasnosti|prave teraz)\b",
        (
            r"\b(?:nemame|nenabizime|nejsou|neponukame|nie su)(?: (?:k dispozici|vypsan\w+|zadn\w+|ziadn\w+|voln\w+|otevren\w+|otvoren\w+)){0,3}"
            r" (?:(?:pracovni|pracovne) )?(?:pozice|pozicie|mista|miesta|nabidky|ponuky)\b"
        ),
        r"bohuzel|zial|u nas|k dispozici|k dispozicii|volne|volna|otevrene|otvorene|vypsane|vypsana|v nasi (?:firme|spolecnosti)|v nasej (?:firme|spolocnosti)|je nam lito",
    ),
    Saying(  # Hungarian
        r"\b(?:jelenleg|pillanatnyilag)\b",
        (
            r"\bnincs(?:enek)?(?: (?:nyitott|betoltheto|meghirdetett|ures))?"
            r" (?:pozicio(?:k|nk|ink)?|allas(?:ok|unk|aink|ajanlatunk|lehetoseg(?:unk)?)?|munkakor(?:ok|unk)?)\b"
        ),
        r"sajnos|nalunk|sajnaljuk|cegunknel|a",
    ),
    Saying(  # Romanian
        r"\b(?:momentan|in prezent|in acest moment|pe moment)\b",
        r"\bnu (?:avem|exista|sunt) (?:posturi|pozitii|locuri de munca|oferte(?: de munca)?|joburi)\b",
        r"din pacate|ne pare rau|vacante|deschise|disponibile|libere|active|in compania noastra|la noi",
    ),
    Saying(  # Turkish
        r"\b(?:su an|su anda|su an icin|simdilik|halihazirda)\b",
        (
            r"\b(?:ac[iı]k|aktif) (?:pozisyon|is ilani|ilan|kadro)(?:umuz|larimiz|lar|imiz|muz)?(?: (?:ilani|ilanimiz))?"
            r" (?:bulunmamaktad[iı]r|yoktur|yok|bulunmuyor)\b"
        ),
        r"maalesef|uzgunuz|sirketimizde|icin|bizde|ne yazik ki|herhangi bir",
    ),
    Saying(  # Russian and Ukrainian
        r"(?:сейчас|в данный момент|на данный момент|в настоящее время|зараз|наразі|на даний момент)",
        (
            r"(?:нет|немає|відсутні)(?: (?:открытых|свободных|активных|актуальных|доступных|відкритих|вільних|активних|актуальних))?"
            r" ваканси[ий]|(?:нет|немає|відсутні)(?: (?:відкритих|вільних|активних|актуальних))? вакансі[ий]"
            r"|ваканс(?:ий|ии|ій|ії) (?:нет|немає|отсутствуют|відсутні)"
        ),
        (
            r"у нас|нас|в нашей (?:компании|команде)|в компании|к сожалению|на жаль|открытых|свободных|активных|актуальных|доступных|відкритих|вільних"
            r"|у нашій компанії|в нашій компанії|у компанії|извините|вибачте|открытые|відкриті"
        ),
    ),
    # Japanese, Chinese, Korean: the words stand without blanks.
    Saying(
        r"現在|ただいま|ただ今",
        (
            r"(?:募集|求人)(?:中の|している)?(?:職種|ポジション|求人|職|案件|情報|要項|職位)?(?:は|が|を)?(?:、|,)?(?:ございません|ありません"
            r"|(?:行って|実施して|して|募集して|出して|掲載して)(?:は)?おりません|(?:行って|して|募集して)(?:は)?いません)"
        ),
        r"誠に|まことに|申し訳ございませんが|申し訳ありませんが|残念ながら|弊社では|当社では|弊社|当社|は|の|、",
        spaced=False,
    ),
    Saying(
        r"目前|暂时|现在|当前|暫時|現在|當前|暂无",
        (
            r"(?:没有|沒有|无|無)(?:任何|空缺|开放|開放|招聘|在招|公开|公開|可申请|可申請|的)*(?:职位|職位|岗位|崗位|职缺|職缺)"
            r"(?:空缺|开放|開放|信息|資訊|需求)?"
        ),
        r"很抱歉|抱歉|对不起|對不起|我们公司|我們公司|我们|我們|本公司|公司|尚|还|還|都|的|暂",
        spaced=False,
    ),
    Saying(
        r"현재|지금",
        (
            r"(?:진행 ?중인 ?)?(?:채용|모집) ?(?:중인 ?)?(?:공고|포지션|직무|공지|직군|계획)?(?:가|이|은|는)? ?(?:없습니다|있지 않습니다)"
            r"|(?:채용|모집)(?:을|를)? ?(?:진행)?하고 있지 않습니다"
        ),
        r"죄송합니다만|죄송하지만|아쉽게도|저희 회사는|저희는|당사는|은|는",
        spaced=False,
    ),
)


class _Compiled(NamedTuple):
    now: re.Pattern[str]
    none: re.Pattern[str]
    besides: re.Pattern[str]


def _compiled(saying: Saying) -> _Compiled:
    words = rf"\b(?:{fold(saying.besides)})\b" if saying.spaced else fold(saying.besides)
    return _Compiled(re.compile(fold(saying.now)), re.compile(fold(saying.none)), re.compile(words))


_COMPILED = tuple(_compiled(saying) for saying in _SAYINGS)
_BUT = re.compile(
    fold(
        r"(?:\s*[,;:–—]\s*|\s-\s)(?:but|however|yet|so|please|feel free|check|send|we|you|do|thank|aber|jedoch|dennoch|trotzdem|bitte|wir|freuen"
        r"|schauen|sende[nt]?|mais|toutefois|cependant|nous|n.hesitez|vous|pero|sin embargo|envia|envianos|puedes|però|tuttavia|ma|invia"
        r"|inviaci|mas|porém|envie|maar|echter|stuur|neem|men|skicka|send|mutta|laheta|ale|jednak|zapraszamy|prosimy|avsak|však|poslete"
        r"|de|azonban|kuldje|dar|totusi|ancak|fakat|ama|но|однако|але|проте)\b"
        r"|\s(?:but (?:please|feel free|we|you|do|if)|aber (?:wir|bitte|du|sie)|mais (?:nous|n.hesitez|vous))\b"
    )
)
"""Where such a sentence goes on to say something else."""
_STILL_HIRING = re.compile(
    fold(
        r"\b(?:hiring|recruiting|looking for|seeking|there (?:are|is)|we (?:do )?have|we offer|only|intern(?:s|ships?)?|apprentic\w+|trainees?"
        r"|suchen|es gibt|wir bieten|nur|praktik\w+|ausbildung\w*|cherchons|recherchons|recrutons|stagiaires?|buscamos|busquem|cerchiamo"
        r"|procuramos|zoeken|soker|soger|etsimme|szukamy|poszukujemy|hledame|hladame|keresunk|cautam|ariyoruz|ищем|шукаємо)\b"
    )
)
_ALWAYS = re.compile(
    fold(
        r"\b(?:always|immer|stets|toujours|siempre|sempre|altijd|alltid|altid|aina|zawsze|vzdy|mindig|mereu|her zaman|всегда|завжди)\b"
    )
)
"""Who is always looking for people is not looking for one now."""


def is_saying(sentence: str) -> bool:
    """Whether a folded sentence says that there are no open positions at present, and says it of all of them."""
    languages = [each for each in _COMPILED if each.now.search(sentence) and each.none.search(sentence)]
    if not languages:
        return False
    for more in _BUT.finditer(sentence):
        if any(_covers(language, sentence[: more.start()]) for language in languages):
            return not is_hiring(sentence[more.start() :])
    return any(_covers(language, sentence) for language in languages)


def is_hiring(text: str) -> bool:
    """Whether a folded text says that somebody is looked for at present."""
    return _STILL_HIRING.search(text) is not None and not _ALWAYS.search(text)


def _covers(language: _Compiled, text: str) -> bool:
    """Whether a language says so in this text with no word besides its own."""
    said = [list(pattern.finditer(text)) for pattern in (language.now, language.none)]
    if not all(said):
        return False
    left = list(text)
    for match in (match for matches in said for match in matches):
        left[match.start() : match.end()] = " " * (match.end() - match.start())
    return not any(character.isalnum() for character in language.besides.sub(" ", "".join(left)))
