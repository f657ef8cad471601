"""How pages say, in the languages that are read, that a posting is over: filled, expired, taken down, or closed for applications.

All is compared folded. A notice speaks of the posting as a thing that has ended; what may, will or would end is none.
"""

import re
from collections.abc import Iterable

from quiethire.domain.words import fold
from services.parser.document import Line
from services.parser.wordlist import Phrases, any_of

_LONGEST = 160
"""Characters of a line that says that a posting is closed."""

_NOTICES = (
    # English
    (
        r"no longer (?:available|accepting|open|active|being advertised|posted|live)"
        r"|(?:position|job|role|vacancy|posting|opening|listing|advert(?:isement)?|job ad|offer|opportunity) (?:has|is|was) (?:now |already |currently |since |sadly |unfortunately )*"
        r"(?:been )?(?:now )?(?:filled|closed(?! out)|expired|removed|withdrawn|archived)|(?:job|posting|vacancy|listing) expired"
        r"|applications? (?:(?:for|to) this (?:job|position|role|vacancy|posting) )?(?:are|is|have) (?:now |already )?(?:been )?closed"
    ),
    # German
    (
        r"nicht mehr (?:verfugbar|aktuell|online|ausgeschrieben|vakant|aktiv|zu besetzen)|bereits besetzt|wurde besetzt"
        r"|(?:stelle|position|vakanz|stellenangebot|stellenanzeige|stellenausschreibung|jobangebot|anzeige|ausschreibung|inserat|bewerbungsfrist|bewerbungsphase) (?:ist|wurde|war) "
        r"(?:leider |bereits |schon |inzwischen |mittlerweile |nun |jetzt )*(?:besetzt|vergeben|abgelaufen|geschlossen|deaktiviert|beendet|abgeschlossen|archiviert)"
    ),
    # French
    (
        r"n.est plus (?:disponible|en ligne|d.actualite|active?|valide|ouverte?|a pourvoir)|(?:offre|annonce|poste|recrutement)(?: d.emploi| de stage)? (?:(?:a|est) (?:deja |desormais |malheureusement )?(?:ete )?)?"
        r"(?:pourvue?|expiree?|expire|cloturee?|desactivee?|archivee?)|(?:offre|annonce|poste|recrutement)(?: d.emploi)? est (?:desormais |maintenant )?(?:fermee?|close|terminee?)"
        r"|candidatures (?:(?:a|pour) (?:cette offre|ce poste) )?sont (?:desormais |maintenant )?(?:closes|cloturees|fermees|terminees)"
    ),
    # Spanish, Portuguese
    (
        r"ya no (?:esta |se encuentra |es )?(?:disponible|activ[oa]|vigente|abiert[oa])|oferta (?:cerrada|caducada|finalizada|expirada)|(?:oferta|vacante|puesto|plaza|proceso|convocatoria|anuncio)(?: de (?:empleo|trabajo|seleccion))? "
        r"(?:ya )?(?:ha|esta|fue|se encuentra) (?:ya )?(?:sido )?(?:cubiert[oa]|caducad[oa]|cerrad[oa]|finalizad[oa]|expirad[oa]|desactivad[oa])|inscripciones (?:estan )?cerradas"
        r"|nao (?:esta|se encontra) mais (?:disponivel|ativ[oa]|abert[oa])|ja nao (?:esta|se encontra) (?:disponivel|ativ[oa]|abert[oa])|vaga (?:encerrada|expirada|preenchida)"
        r"|(?:vaga|oportunidade|oferta|processo seletivo|anuncio|candidaturas|inscricoes) (?:ja )?(?:foi|foram|esta|estao) (?:ja )?(?:encerrad|expirad|preenchid|fechad|finalizad)[oa]s?|vaga expirou|inscricoes encerradas"
    ),
    # Italian
    (
        r"non e piu (?:disponibile|attiv[oa]|apert[oa]|valid[oa])|(?:offerta(?: di lavoro)?|annuncio|posizione|selezione) (?:e |e (?:gia )?stat[oa] )(?:ormai |gia )?(?:scadut|chius|copert|terminat|conclus|archiviat)[oa]"
        r"|(?:offerta|annuncio) scadut[oa]|candidature (?:sono )?(?:state )?chiuse"
    ),
    # Dutch
    (
        r"niet (?:meer|langer) (?:beschikbaar|actief|vacant|open)|(?:vacature|functie|positie|sollicitatietermijn|reactietermijn|sollicitatieprocedure) is (?:helaas |inmiddels |al |reeds |nu )*"
        r"(?:gesloten|vervuld|verlopen|ingevuld|vergeven|verstreken)|inmiddels vervuld|is vervuld"
    ),
    # Danish, Norwegian, Swedish
    (
        r"ikke laengere (?:ledig\w*|tilgaengelig\w*|aktiv\w*|aktuel\w*)|ikke lenger (?:tilgjengelig\w*|aktiv\w*|ledig\w*|aktuell\w*)|inte langre (?:tillganglig\w*|aktiv\w*|aktuell\w*|ledig\w*|oppen)"
        r"|(?:stillingen|jobbet|jobopslaget|stillingsopslaget|annoncen|annonsen|utlysningen) er (?:desvaerre |dessverre |allerede |nu |na )*(?:besat|besatt|lukket|udlobet|utlopt|utgatt)"
        r"|(?:ansogningsfristen|soknadsfristen|fristen)(?: for a soke(?: pa)?(?: \w+){0,2}| for at soge(?: \w+){0,2})? (?:er (?:allerede )?(?:overskredet|udlobet|utlopt|gatt ut|ute)|har gatt ut)"
        r"|(?:tjansten|jobbet|(?:denna |den har )?annons(?:en)?|rekryteringen|platsen) (?:ar|har) (?:redan |tyvarr |nu )*(?:tillsatt\w*|stangd|stangts|avslutad|avslutats|utgatt|utgangen|gatt ut)"
        r"|ansokningstiden (?:har (?:tyvarr )?(?:gatt ut|passerat|lopt ut)|ar ute)"
    ),
    # Finnish, Hungarian
    (
        r"(?:hakuaika|haku|ilmoitus|tyopaikkailmoitus) on (?:jo )?(?:paattynyt|sulkeutunut|umpeutunut|vanhentunut)|(?:tyopaikka|paikka|tehtava) on (?:jo )?taytetty|ei ole enaa (?:avoinna|haettavissa|saatavilla)"
        r"|(?:allas|pozicio|hirdetes|allashirdetes|allasajanlat) (?:mar |idokozben )?(?:nem elerheto|nem aktiv|lejart|betoltott|lezarult|megszunt|betoltesre kerult)"
    ),
    # Czech, Slovak, Polish
    (
        r"(?:jiz|uz) (?:neni|nie je) (?:aktualni|aktivni|platn[aey]|k dispozici|aktualna|aktivna|dostupna)|(?:pozice|misto|nabidka(?: prace)?|inzerat|pozicia|ponuka(?: prace)?) (?:(?:je|byla|bylo|bol|bola) )?(?:jiz |uz )?(?:(?:je|byla|bylo) )?"
        r"(?:obsazen[ao]|obsadena|vyprsela?|ukoncena?|uzavrena|neaktivni|neaktivna)|inzerat (?:jiz |uz )?(?:neni|nie je) platny"
        r"|nieaktualna|juz (?:nieaktualn|nieaktywn|niedostepn)\w+|wygasla|(?:oferta(?: pracy)?|ogloszenie|rekrutacja|nabor) (?:(?:jest|zostala|zostalo|zostal) )?(?:juz )?(?:wygasl[ao]|zakonczon[ayo]|zamkniet[aeoy]|nieaktywn[ae])"
    ),
    # Romanian, Turkish, Greek
    (
        r"nu mai (?:este|e) (?:disponibil|activ|valabil)\w*|(?:anunt(?:ul)?|job(?:ul)?|post(?:ul)?|oferta|pozitia) (?:a expirat|este (?:inchis|ocupat|expirat)\w?)"
        r"|ilan\w*(?: art[iı]k)? (?:yay[iı]ndan kald[iı]r[iı]l\w+|suresi dol(?:du|mus)\w*|kapanm[iı]s\w*|kapat[iı]lm[iı]s\w*|aktif degil\w*|sona ermis\w*)|basvurular (?:kapanm[iı]s\w*|sona ermis\w*)"
        r"|(?:αγγελια|θεση) (?:εχει (?:ληξει|καλυφθει|κλεισει)|εληξε|δεν ειναι πλεον (?:διαθεσιμη|ενεργη))"
    ),
    # Russian, Ukrainian
    (
        r"вакансия (?:уже )?(?:закрыта|в архиве|неактивна|неактуальна|снята с публикации|больше не (?:активна|доступна|актуальна))|прием (?:резюме|заявок|откликов) (?:завершен|закрыт|окончен)"
        r"|вакансія (?:вже )?(?:закрита|в архіві|неактивна|неактуальна|більше не (?:активна|доступна|актуальна))"
    ),
    # Vietnamese, Indonesian
    r"(?:tuyen dung|viec lam)(?: nay)? đa (?:het han|đong|ket thuc)|lowongan (?:kerja )?(?:ini )?(?:sudah|telah) (?:ditutup|berakhir|tidak (?:aktif|tersedia))",
    # Arabic, Hebrew
    any_of(
        "الوظيفة لم تعد متاحة|لم تعد هذه الوظيفة متاحة|لم تعد الوظيفة متاحة|هذه الوظيفة غير متاحة|انتهت صلاحية هذه الوظيفة|انتهت صلاحية الوظيفة|انتهت صلاحية هذا الإعلان|تم إغلاق هذه الوظيفة|تم إغلاق الوظيفة|تم شغل الوظيفة"
        "|تم إغلاق باب التقديم|انتهى موعد التقديم|انتهت فترة التقديم|המשרה אינה פעילה|המשרה לא פעילה|המשרה כבר לא פעילה|המשרה נסגרה|המשרה אוישה|המשרה אינה זמינה|המשרה אינה רלוונטית|משרה זו אינה פעילה|משרה זו נסגרה"
    ),
)
_UNSPACED = "|".join(
    (
        # Japanese: only what is done; "募集を終了する場合があります" says what may come.
        fold(
            r"(?:募集|掲載|求人|受付|応募|エントリー)(?:期間)?(?:は|を|が)?(?:掲載を|募集を)?(?:現在|すでに|既に)?"
            r"(?:終了(?:しました|いたしました|致しました|となりました|させていただきました|しています|しております|済み)|締め?切(?:りました|らせていただきました))"
        ),
        # Korean
        fold(
            r"(?:채용|모집|접수|공고|지원)(?:이|가|은|는|기간이)? ?(?:이미 )?(?:마감|종료)(?:되었|됐|됨)|마감된 ?(?:채용|공고|포지션|모집)"
        ),
        any_of(
            "已下线|已下架|职位已关闭|岗位已关闭|职位已过期|职位已失效|已停止招聘|招聘已结束|招聘已截止|職缺已關閉|職位已關閉|招募已結束|已停止招募|ปิดรับสมัครแล้ว"
        ),
    )
)
_OVER = Phrases(f"(?:{'|'.join(_NOTICES)})", _UNSPACED)
_NOT_YET = re.compile(
    r"\b(?:until|till|when|once|if|unless|before|after|as soon as|may (?:be|have)|bis|sobald|falls|wenn|jusqu|si|lorsque|hasta|cuando|en cuanto|quando|assim que|tot|indien|zodra|wanneer"
    r"|nar|jakmile|pokud|gdy|jesli|jezeli)\b"
)


def says_closed(folded: str) -> bool:
    """Whether a short folded line says that a posting is over, and not when or whether it will be."""
    return _OVER.search(folded) is not None and _NOT_YET.search(folded) is None


def notice_among(lines: Iterable[Line]) -> str | None:
    """The first line that says that a posting is over, as the reason for a refusal."""
    short = (line for line in lines if len(line.text) <= _LONGEST)
    over = next((line.text for line in short if says_closed(line.folded)), None)
    return f"closed: the page says “{over}”" if over is not None else None
