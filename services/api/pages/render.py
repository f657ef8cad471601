"""Templates to HTML. Whatever is not marked safe is escaped; a name that is missing is an error."""

import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.api.pages import wording

_HERE = Path(__file__).parent


def _version() -> str:
    """Changes with the static files, so that no browser keeps an old one."""
    digest = hashlib.sha256()
    for path in sorted((_HERE / "static").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


_environment = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(
    static_version=_version(), ago=wording.ago, day=wording.day, label=wording.label, count_words=wording.count_words
)


def render(template: str, **values: object) -> str:
    """The template with these values."""
    return _environment.get_template(template).render(values)
