"""One posting out of several sources: each field from the best source that has it."""

from collections.abc import Iterable

from quiethire.domain.posting import RawPosting, Sourced
from services.parser.normalise.salary import may_be_pay


def merge(sources: Iterable[RawPosting]) -> RawPosting:
    """Join what the sources say, best first. Pay that cannot be pay (a placeholder) gives way to the next source's."""
    best, *rest = sources
    values: dict[str, object] = {}
    for source in (best, *rest):
        for name in RawPosting.model_fields:
            value = getattr(source, name)
            if name == "salary" and value is not None and not may_be_pay(value):
                continue
            if _filled(value) and name not in values:
                values[name] = value
    return best.model_copy(update={"salary": None, **values})


def _filled(value: object) -> bool:
    return bool(value.value.strip()) if isinstance(value, Sourced) else bool(value)
