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

_SPENT_ON = re.compile(
    r"^ ?(?:(?:(?:per|an?|each|every|pro|im|par|al|por|/) ?(?:year|yr|annum|jahr|an|ano)|annually|yearly|jahrlich|p\. ?a\.|pa"
    r"|(?P<monthly>(?:(?:per|an?|each|every|pro|im|par|al|por|/) ?(?:month|mo|monat|mois|mes)|monthly|monatlich))) )?(?:(?:per|a) (?:person|employee|head) )?"
    r"(?:to spend on|to use on|to put towards?|for|towards?|fur|pour|para) (?:[a-z']+,? ){0,3}?"
    r"(?:home[- ]?offices?|(?:office|desk|work|remote)[- ]?(?:set-?up|station|space)s?|workstations?|laptops?|hardware|equipment|conferences?|books?|courses?|trainings?"
    r"|workshops?|certifications?|(?:professional|personal|career) development|education|learning|weiterbildung(?:en)?|fortbildung(?:en)?|schulung(?:en)?|ausstattung"
    r"|wellness|well-?being|gym|travel|childcare|formation|formacion)\b"
)  # fmt: skip
_MOST_SPENT, _MOST_SPENT_MONTHLY = 10_000, 1_000
"""In any currency. Nobody is given more for books or a desk, and where more is paid `for` names the job: "$52,000 for travel nurses"."""
_SPENT_WITHIN = 90
"""Characters behind a sum that say so."""


def is_spent(text: str, end: int, amount: float) -> bool:
    """Whether a sum, which ends there, is given to be spent on something: "$1,500 a year for conferences and books"."""
    said = _SPENT_ON.search(fold(f"x{text[end : end + _SPENT_WITHIN]}")[1:]) if amount < _MOST_SPENT else None
    return said is not None and amount < (_MOST_SPENT_MONTHLY if said["monthly"] else _MOST_SPENT)


def is_extra(text: str, start: int, end: int) -> bool:
    """Whether a sum that stands below a label of pay is a bonus: "Competitive, plus $10,000 sign-on bonus"."""
    after = AND_MORE.split(fold(f"x{text[end : end + 40]}")[1:])[0]
    # "$100,000+ bonus" is pay, and more.
    if _EXTRA.search(after) and not _WITH_EXTRA.search(after) and text[end - 1] != "+":
        return True
    before = _CLAUSE.split(fold(text[max(0, start - 60) : start] + "x")[:-1])[-1]
    return _EXTRA_OF.search(before) is not None and not PAY_WORDS.search(before) and not _WITH_EXTRA.search(before)
