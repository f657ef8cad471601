"""Whether other words for some facts say no more than the facts.

What is not certain is refused: a true sentence that is refused costs nothing, for the facts are told as they are.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

LONGEST = 600
"""Characters of a text that is believed."""

_NUMBER = re.compile("\\d+(?:[.,\N{NO-BREAK SPACE}\N{THIN SPACE}]\\d+)*(?:\\s?%)?")
_WORD = re.compile(r"[^\W\d_][\w+#./'’-]*")
_TOKEN = re.compile(f"{_NUMBER.pattern}|{_WORD.pattern}")
_CURRENCY = re.compile("[$£¥₹€]")
_SENTENCES = re.compile(r"[.!?](?=\s|$)")
_PARTS = re.compile(r"[;.!?](?=\s|$)")
"""What divides a fact into parts that may be told without each other."""
_PIECES = re.compile(r";(?=\s|$)|,?\s(?:but|while|although|though|whereas)\s|,\s(?:and|which|with)\s")
"""What may stand between two facts that one sentence tells."""
_CLAUSES = re.compile(r"[.;:!?](?=\s|$)|\s(?:but|while|although|though|whereas)\s")
_ENDINGS = ("ing", "ed", "es", "s", "ly", "e")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NUMBER_WORDS = _set(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million"
    " half double twice"
)
_PLAIN = _set(
    "i you your yours it its the a an this that these those and or they their there here of on in at for with what where"
    " but as also because since while although though whereas here's that's it's you're you've they're to from by which who"
    " is are be been was were has have had do does did can could will would may so too then thus such just one's"
    " about among amongst them per each another other when if into"
    " bring brings know knows knowing knowledge job role work position fit fits match matches matching"
    " offer offers offered state states stated company posting employer"
)
"""Words that join facts and state none of their own."""
_NO = _set(
    "not no never none nothing neither nor without lack lacks lacking lacked missing unable cannot can't don't doesn't isn't aren't"
    " won't wasn't weren't hasn't haven't didn't couldn't wouldn't unknown unstated unmet fails fail hardly below under short beneath"
)
"""Words that turn a fact round."""
_YES = _set("above over beat beats exceed exceeds exceeding reach reaches reached meet meets met")
"""Words that say that something is enough: one stands for another."""
_ROLES = {
    form: role
    for role, forms in {
        "ask": "ask asks asked require requires required want wants wanted need needs needed",
        "pay": "pay pays paid salary",
        "floor": "floor",
        "experience": "experience",
        "year": "year years",
        "month": "month months",
        "week": "week weeks",
        "day": "day days",
    }.items()
    for form in forms.split()
}
"""Words that say what a number is of. They stand in the order of the fact, among its numbers."""


@dataclass(frozen=True)
class _Told:
    """What a piece of text tells."""

    words: tuple[str, ...]
    """But for roles."""
    order: tuple[str, ...]
    """Numbers and roles, as they stand."""
    numbers: tuple[str, ...]
    currencies: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Self:
        words, order, numbers = list[str](), list[str](), list[str]()
        for token in _TOKEN.findall(text):
            if token[0].isdigit():
                numbers.append(_value(token))
                order.append(numbers[-1])
            elif role := _ROLES.get(_bare(token)):
                order.append(role)
            else:
                words.append(_bare(token))
        return cls(tuple(words), tuple(order), tuple(numbers), frozenset(_CURRENCY.findall(text)))

    def backs(self, said: "_Told") -> bool:
        """Whether somebody who says that says no more than this.

        Of the numbers all are told or none, each beside what it is of: "5 of 4" is not "4 of 5", nor is 90,000 where pay starts that goes
        up to it. Numbers that stand alone tell of nothing.
        """
        if said.numbers and (said.numbers != self.numbers or not said.tells_of_what):
            return False
        if not said.currencies <= self.currencies or not _is_within(said.order, self.order):
            return False
        known = {*self.words, *map(_stem, self.words)} | _PLAIN | _NO
        if not _YES.isdisjoint(self.words):
            known |= _YES
        return all(word in known or (_stem(word) in known and word not in _NUMBER_WORDS) for word in said.words)

    @property
    def tells_of_what(self) -> bool:
        """Whether it names anything that its numbers may be of."""
        return len(self.order) > len(self.numbers) or any(word not in _PLAIN | _NO | _YES for word in self.words)


def is_faithful(text: str, facts: Sequence[str]) -> bool:
    """Whether the text says no more than the facts: each sentence tells one of them, or several one behind the other.

    It has the words of that fact in this form or another, words that join, and "above" and the like where the fact says another of
    them; its numbers, all in their order, beside what they are of. What turns a fact round ("not", "below") stands with what it stands
    with in the facts, and nowhere else. Numbers in words are numbers: a fact that says "5" is not "five".
    """
    if not text or len(text) > LONGEST:
        return False
    told = [_Told.of(part) for fact in facts for part in _parts(fact)]
    return all(_is_told(sentence, told) for sentence in _SENTENCES.split(text)) and _turns_alike(text, facts)


def _parts(fact: str) -> list[str]:
    """A fact, and each part of it that may be told without the rest."""
    parts = _PARTS.split(fact)
    return [" ".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)]


def _is_told(sentence: str, told: Sequence[_Told]) -> bool:
    """Whether the sentence can be divided into pieces each of which one fact backs."""
    pieces = _PIECES.split(sentence)
    reached = {0}
    for end in range(1, len(pieces) + 1):
        said = (_Told.of(" ".join(pieces[start:end])) for start in reached)
        if any(fact.backs(each) for each in said for fact in told):
            reached.add(end)
    return len(pieces) in reached


def _is_within(some: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether all of them stand there in their order, whatever stands between."""
    left = iter(whole)
    return all(each in left for each in some)


def _turns_alike(text: str, facts: Sequence[str]) -> bool:
    turned, straight = _content(facts)
    return all(
        bool(content & (turned - straight)) == is_turned
        for is_turned, content in (_clause(one) for one in _CLAUSES.split(text))
    )


def _content(facts: Sequence[str]) -> tuple[set[str], set[str]]:
    """What the facts speak of: what they turn round, and what they do not."""
    turned, straight = set[str](), set[str]()
    for is_turned, content in (_clause(one) for fact in facts for one in _CLAUSES.split(fact)):
        (turned if is_turned else straight).update(content)
    return turned, straight


def _clause(text: str) -> tuple[bool, set[str]]:
    words = [_bare(found) for found in _WORD.findall(text)]
    return not _NO.isdisjoint(words), {_stem(word) for word in words if word not in _PLAIN | _NO | _YES}


def _stem(word: str) -> str:
    """A plain word without its ending; one that a sign or a digit stands in is a name, and stays."""
    if not word.isalpha():
        return word
    ending = next((each for each in _ENDINGS if word.endswith(each) and len(word) - len(each) >= 4), "")
    return word.removesuffix(ending)


def _bare(word: str) -> str:
    return word.rstrip(".'’-/").removesuffix("'s").removesuffix("’s").casefold()


def _value(number: str) -> str:
    """`85,000` and `85 000` are the same, `7.5` and `75` are not, nor are `85` and `85%`."""
    whole = re.sub("[.,\N{NO-BREAK SPACE}\N{THIN SPACE}](?=\\d{3}(?!\\d))", "", number)
    return re.sub("[,\N{NO-BREAK SPACE}\N{THIN SPACE}](?=\\d)", ".", whole).replace(" ", "")
