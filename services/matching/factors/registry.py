"""Every factor, in the order in which a score is told. Their weights sum to 100."""

from typing import Protocol

from quiethire.domain.matching import Profile
from services.matching.factors.culture import Culture
from services.matching.factors.experience import Experience
from services.matching.factors.salary import Salary
from services.matching.factors.semantic import Semantic
from services.matching.factors.skills import Skills
from services.matching.factors.validation import Validation
from services.matching.matrix import PostingMatrix
from services.matching.sparse import Floats


class Factor(Protocol):
    """One part of a score, compared for all postings at once and told for one."""

    @property
    def name(self) -> str:
        """The name in results."""
        ...

    @property
    def weight(self) -> float:
        """Points of 100 while every factor is known."""
        ...

    def values(self, profile: Profile, matrix: PostingMatrix) -> Floats:
        """0-1 for each row of the matrix, NaN where there is no evidence."""
        ...

    def reason(self, profile: Profile, matrix: PostingMatrix, row: int, value: float) -> str:
        """The value of one row in a sentence; `unknown: …` where it is NaN."""
        ...


FACTORS: tuple[Factor, ...] = (Skills(), Experience(), Semantic(), Salary(), Culture(), Validation())
