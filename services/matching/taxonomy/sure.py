"""Skills of ESCO that a text surely names, as postings and résumés keep them beside technologies: few, and each sensible by itself."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from quiethire.domain.posting import JobPosting, Provenance, Source
from quiethire.domain.technologies import MAX_SKILLS
from services.matching.reading.skill_names import skill_key
from services.matching.taxonomy.skills import PHRASE, TECHNOLOGY, SkillMention, Skills, open_skills
from services.matching.taxonomy.terms import CONNECTING, words

MOST = 15
"""Skills of ESCO that one posting is given."""
MAX_READ = 40_000
"""Characters that are read of a description."""
_QUOTED = 60
"""Characters that are quoted around a skill, so that its provenance is short."""

_SAYS_LITTLE = (
    "content opportunity decision deadline priority colleague resource feedback team engineer designer customer client change detail time form"
    " documentation people individual community question story vision problem solution expectation task event model data security"
    " product package material idea goal meeting relationship stakeholder result information activity process project person others"
    " conduct perform provide define show book staff service work job need support system issue alert homework infrastructure initiative independently autonomously"
)
_VAGUE = frozenset(_SAYS_LITTLE.split())
"""What is done with these says nothing of a trade: to manage time, to support colleagues."""
_IN_PASSING = (
    "communication history philosophy ecosystem terminology betting logging energy geography literature music sociology entertainment"
    " religion anthropology"
)
_NO_TRADE = frozenset(_IN_PASSING.split())
"""Subjects that postings name in passing."""
_SURROUNDINGS = ("industry", "sector", "area", "department processes", "comprehension")
"""What labels end in that say where somebody works, and not what they can do."""


def sure_mentions(skills: Skills, text: str, *, asked: bool) -> Iterator[SkillMention]:
    """The skills that are no technologies, in the order of the text, each time that they are named.

    `asked`: the text says what somebody can or should do. There a single subject counts, and another label that shares
    words with the preferred one: half of its own, of what is done all. In other texts only the preferred label of several
    words does.
    """
    for mention in skills.mentions(text):
        if mention.confidence < TECHNOLOGY and _is_sure(
            skills, mention, text[mention.start : mention.end], asked=asked
        ):
            yield mention


def with_skills(skills: Skills, posting: JobPosting) -> JobPosting:
    """The posting with what its title, requirements and description ask besides technologies, which stay in front."""
    known = {skill_key(name) for name in posting.skills}
    found: dict[str, Provenance] = {}
    most = min(MAX_SKILLS - len(posting.skills), MOST)
    for where, text, is_asked in _parts(posting):
        for mention in sure_mentions(skills, text[:MAX_READ], asked=is_asked):
            if mention.key not in known and len(found) < most:
                known.add(mention.key)
                found[mention.name] = _origin(where, text, mention)
    if not found:
        return posting
    provenance = {"skills": next(iter(found.values())), **posting.provenance}
    return posting.model_copy(update={"skills": (*posting.skills, *found), "provenance": provenance})


def _parts(posting: JobPosting) -> tuple[tuple[str, str, bool], ...]:
    """Where to look, what stands there, and whether it says what is asked. Requirements are a part of the description."""
    return (
        ("title", posting.title, True),
        ("description", "\n".join(posting.requirements), True),
        ("description", posting.description_text, False),
    )


def _origin(where: str, text: str, mention: SkillMention) -> Provenance:
    """The words around the first skill, as the parser quotes them."""
    start = max(text.rfind("\n", 0, mention.start) + 1, mention.start - _QUOTED // 2)
    words = text[start : mention.end + _QUOTED // 2].partition("\n")[0].strip()
    return Provenance(source=Source.TEXT, path=f"{where} “{words}”")


def open_reader(taxonomy: Path) -> Callable[[JobPosting], JobPosting]:
    """`with_skills` by the installed packages, whose tables are kept below `taxonomy`; without them postings stay as they are."""
    return partial(with_skills, open_skills(taxonomy))


def _is_sure(skills: Skills, mention: SkillMention, said: str, *, asked: bool) -> bool:
    concept = skills.concept(mention.name)
    if concept is None or concept.uri != mention.uri or {"T", "L"} & set(concept.branches):
        return False
    name, own = _content(mention.name), _content(said)
    if mention.name.endswith(_SURROUNDINGS) or not name:
        return False
    if mention.confidence < PHRASE:
        return asked and own == name and concept.name == mention.name and not name & _NO_TRADE
    if "K" in concept.branches:
        return own == name or (asked and 2 * len(own & name) >= len(own))
    # Of those whose branch is not known most are subjects: data engineering.
    telling = 2 if concept.branches else 1
    return (own == name or (asked and own <= name)) and len(own - _VAGUE) >= telling


def _content(label: str) -> frozenset[str]:
    """The words that mean something: the first as a verb, for it may be one."""
    read = [word for word in words(label) if word.noun not in CONNECTING]
    return (
        frozenset((read[0].verb if len(read) > 1 else read[0].noun, *(word.noun for word in read[1:])))
        if read
        else frozenset()
    )
