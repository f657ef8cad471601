"""One posting out of several sources: each field from the best source that has it."""

from collections.abc import Iterable

from quiethire.domain.posting import RawPosting, RawSalary, Sourced
from services.parser.normalise.job_type import job_type
from services.parser.normalise.salary import may_be_pay
from services.parser.normalise.workplace import workplace


def merge(sources: Iterable[RawPosting]) -> RawPosting:
    """Join what the sources say, best first. What cannot be read (`OTHER`, a placeholder for pay) gives way to the next source's."""
    best, *rest = sources
    values: dict[str, object] = {}
    for source in (best, *rest):
        for name in RawPosting.model_fields:
            value = getattr(source, name)
            if name not in values and _filled(value) and _readable(name, value):
                values[name] = value
    return best.model_copy(update={"salary": None, "job_type": None, "workplace": None, **values})


def _readable(name: str, value: object) -> bool:
    if isinstance(value, RawSalary):
        return may_be_pay(value)
    if name == "job_type" and isinstance(value, Sourced):
        return job_type(value.value) is not None
    if name == "workplace" and isinstance(value, Sourced):
        return workplace(value.value) is not None
    return True


def _filled(value: object) -> bool:
    return bool(value.value.strip()) if isinstance(value, Sourced) else bool(value)
