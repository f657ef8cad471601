"""Companies of postings: which names are of one company, and which of one that places people with others."""

import re

from quiethire.domain.company_names import core_words
from services.duplicates.words import fold

HEAD = 5
"""Letters that a name must have to be known at the head of a longer one."""
_AGENCY = re.compile(
    r"\b(?:recruit(?:ing|ment|ers?|er)?|recruitment|staffing|headhunt\w*|personal(?:beratung|dienst\w*|vermittlung|service|management)"
    r"|zeitarbeit\w*|leiharbeit\w*|arbeitnehmeruberlassung|executive search|talent (?:partners?|solutions|acquisition)|interim manage\w*"
    r"|travail temporaire|trabajo temporal|lavoro interinale|agenzia per il lavoro|uitzend\w*|detachering|bemanning\w*|vikar\w*"
    r"|agencja pracy|personalni agentura|job ?agency|employment agency|temping|manpower|randstad|adecco|michael page"
    r"|robert half|kelly services|robert walters|gi group|tempo team|start people|page personnel|page group"
    r"|akkodis|experis|teksystems|aerotek|harvey nash|computer futures|progressive recruitment|la fosse)\b"
)
"""What the names of companies that place people with others say of them, and the largest ones."""
_CALLED_SO = frozenset(("hays", "brunel", "huxley", "synergie"))
"""Large ones by the whole of their name: others have it in theirs, as a county or a university."""


def same_company(one: str, other: str) -> bool:
    """Whether two keys name one company: they are alike, or one is the head of the other (`acme`, `acmerobotics`)."""
    if not one or not other:
        return False
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= HEAD and long.startswith(short))


def is_agency(name: str) -> bool:
    """Whether a name is that of a company that places people with others."""
    own = core_words(name)
    called_so = own[-1:] == ("interim",) or (len(own) == 1 and own[0] in _CALLED_SO)
    return called_so or _AGENCY.search(fold(name)) is not None
