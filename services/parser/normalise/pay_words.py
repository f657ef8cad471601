"""What the words around a sum say that it is: pay, a bonus beside it, a benefit, or something else altogether."""

import re

from quiethire.domain.words import fold
from services.parser.wordlist import any_of

PAY_WORDS = re.compile(
    r"\b(salar\w+|pay|compensation|wage\w*|remuneration|remuneracio\w*|renumeration|\w{0,30}(?:gehalt|entgelt|vergutung|lohn)\w{0,12}|entlohnung|grundbezug|bezug|gage"
    r"|kollektivvertrag\w*|mindestlohn\w*|ordenado|vencimento|salari|lonn|arslon\w*|manedslon\w*|manadslon\w*|uurloon|maandsalaris|placa|stawk\w+|zarob\w+|odmen\w+"
    r"|brutto\w*|retribu\w+|sueldo|sou|paga|salaire|remunerat\w+|stipendio|loon|salaris|lon|mzda\w*|plat\w?|wynagrodzeni\w*|palkka\w*|maas\w*|ucret\w*|зарплат\w*|оклад\w*|доход\w*"
    r"|ote|base|earn\w*|hourly rate|rate|verdien\w*|ral|honorarium|consultancy fee|widelki|ctc)\b|年収|年俸|年薪|月給|月収|月薪|時給|时薪|給与|給料|薪资|薪資|工资|给与|月額|基本給"
    rf"|{any_of('연봉|월급|시급|급여')}"
)
NOT_PAY = re.compile(
    r"\b(bonus\w*|prime|primes|premi[ae]|premie|praemie|ticketrestaurant|tickets?|stravenk\w*|prispevek|dofinansowan\w*|presupuesto|formacion|formation|prestamo|subsid\w+"
    r"|relocation|signing|sign[- ]?on|revenue|arr|funding|raised|raise|valuation|series [a-e]|million|billion|mio|mrd|bn|\w{0,20}budget\w*|quota"
    r"|stipend|allowance|reimburse\w*|referral|401\W?k|insurance|coverage|customers|users|employees|mitarbeit\w*|investment"
    r"|invested|assets|sales of|turnover|umsatz\w*|learning|wellness|equipment|credit|per diem|donat\w*|grant|deal\w*|contracts?"
    r"|portfolio|worth|backed|p&l|pipeline|aum|gmv|loans?|mortgage\w*|discount\w*|match\w*|\w{0,20}zuschuss\w*|commission|ticket|tuition|scholarship\w*|headcount|nabor\w*\W{0,2}\w{0,4} ?odmen\w*|retirement|pension|spend|savings?|endowment)\b"
)  # fmt: skip

AND_MORE = re.compile(r"[+,;(|•]|\.\s|\s[-–—]\s|\b(?:plus|zzgl|and|und|et|y|e|og|och|en|oraz|mas|mais|piu)\b")
ONCE = re.compile(r"\b(?:one[- ]time|once|einmalig\w*|una tantum)\b")
_EXTRAS = r"(?:sign(?:ing)?[- ]?on|signing|retention|referral|relocation|joining|welcome|starter|antritts\w*|willkommens\w*|bonus\w*|prime de bienvenue)"
_EXTRA = re.compile(rf"\b{_EXTRAS}\b|{ONCE.pattern}")
"""What is paid beside the pay, or once."""
_EXTRA_OF = re.compile(rf"\b{_EXTRAS}\b(?:\W+\w+){{0,2}}\W*$")
_WITH_EXTRA = re.compile(
    r"^\s*(?:/|(?:per|pro|an?|p\.?a)\b)|\b(?:incl\w*|inkl\w*|excl\w*|exkl\w*|with|w|mit|avec|con|before|ohne|eligible|compris\w*)\b"
)
"""What says that a sum is the pay, with or without a bonus: "$80,000 including bonus", "$90K/yr bonus eligible"."""
_CLAUSE = re.compile(r"[,;(|•]|(?<!incl)(?<!inkl)\.\s|\s[-–—]\s")
BENEFIT_OF = re.compile(
    r"\b(?:(?:health|medical|dental|fringe|family|commuter|travel|fitness|child ?care) benefits?|health ?care(?= (?:of|up|worth))|child ?care|kinderbetreuung\w*|essens\w*|verpflegungs\w*"
    r"|meals?|lunch|(?:meal|lunch|gift|food) (?:vouchers?|cards?)|\w{0,20}gutschein\w*|jobticket|deutschlandticket|buon[oi] pasto|titres?[- ]restaurant|cheques?[- ]\w+"
    r"|vale[- ](?:refeicao|alimentacao|transporte|cultura)|auxilio[- ]\w+|ayudas? (?:de |a la |para )?comidas?|tickets? (?:de )?comida|on[- ]call (?:pay|rate|compensation|duty)|rufbereitschaft\w*"
    r"|phone|internet|parking|gym|(?:phone|internet|parking|travel|transport) costs?)(?:\W{1,3}(?:of|up to|worth|value|von|bis zu|in hohe|im wert|de|a|ate|hasta|di|da|d.une? valeur|in|for|at))*[^\w.!?]*$"
)
"""Benefits, of which a sum is said to be, folded; in other places such words say what the company does."""

_EACH = r"(?:per|an?|each|every|pro|im|par|al|por|/) ?(?:calendar |fiscal )?"
_WHOSE = r"(?:(?:per|an?|/) ?(?:person|employee|head|team member) ?)?"
_SPENT_ON = re.compile(
    rf"^ ?{_WHOSE}(?:(?P<yearly>{_EACH}(?:year|yr|annum|jahr|an|ano)|annually|yearly|jahrlich|p\. ?a\.|pa)"
    rf"|(?P<monthly>{_EACH}(?:month|mo|monat|mois|mes)|monthly|monatlich))? ?{_WHOSE}(?:for you )?"
    r"(?:(?P<told>to (?:spend|use|put) (?:on|towards?)|to be (?:spent|used) (?:on|for))|for|towards?|fur|pour|para) (?:[a-z']+,? ){0,3}?"
    r"(?:home[- ]?offices?|(?:office|desk|work|remote)[- ]?(?:set-?up|station|space)s?|workstations?|laptops?|hardware|equipment|conferences?|books?|buch(?:er)?|courses?|trainings?"
    r"|workshops?|certifications?|(?:professional|personal|career) development|education|learning|tuition|weiterbildung(?:en)?|fortbildung(?:en)?|schulung(?:en)?|ausstattung"
    r"|wellness|well-?being|gym|fertility|travel|childcare|formation|formacion)\b"
    r"(?! (?:[a-z]+ ){0,2}(?:specialist|assistant|operator|technician|engineer|nurse|agent|instructor|teacher|tutor|trainer|manager|coordinator|worker|consultant|visit"
    r"|officer|apprentice|role|position|credit)s?\b)"
)  # fmt: skip
_STATED_AS_PAY = re.compile(r"[\W\d]*(?:(?:range|rate|scale|of|is|from|up to|par|de)\b[\W\d]*){0,2}")
"""What stands between the word for pay and a sum that it states."""
_LEAST_SPENT, _MOST_SPENT, _MOST_SPENT_MONTHLY = 150, 10_000, 1_000
"""US dollars. Nobody is given more for books or a desk; less, and for no stated time, is an hour's or a visit's pay."""
_SPENT_WITHIN = 90
"""Characters behind a sum that say so."""


def is_spent(text: str, start: int, end: int, dollars: float) -> bool:
    """Whether a sum, which stands there, is given to be spent on something: "$1,500 a year for conferences and books"."""
    said = _SPENT_ON.search(fold(f"x{text[end : end + _SPENT_WITHIN]}")[1:]) if dollars <= _MOST_SPENT else None
    if said is None or said["told"]:
        return said is not None
    if dollars > (_MOST_SPENT_MONTHLY if said["monthly"] else _MOST_SPENT):
        return False
    if dollars < _LEAST_SPENT and not said["monthly"] and not said["yearly"]:
        return False
    before = fold(f"{text[max(0, start - 40) : start]}x")[:-1]
    return not any(_STATED_AS_PAY.fullmatch(before, word.end()) for word in PAY_WORDS.finditer(before))


def is_extra(text: str, start: int, end: int) -> bool:
    """Whether a sum that stands below a label of pay is a bonus: "Competitive, plus $10,000 sign-on bonus"."""
    after = AND_MORE.split(fold(f"x{text[end : end + 40]}")[1:])[0]
    # "$100,000+ bonus" is pay, and more.
    if _EXTRA.search(after) and not _WITH_EXTRA.search(after) and text[end - 1] != "+":
        return True
    before = _CLAUSE.split(fold(text[max(0, start - 60) : start] + "x")[:-1])[-1]
    return _EXTRA_OF.search(before) is not None and not PAY_WORDS.search(before) and not _WITH_EXTRA.search(before)
