"""What made-up people of four languages are called, and where they live, work and learn: `made_up_lands.json`."""

from pathlib import Path

import orjson

from quiethire.domain.base import Model


class Trade(Model):
    """A line of work: what its titles, tasks and skills are called."""

    titles: tuple[str, ...]
    tasks: tuple[str, ...]
    skills: tuple[str, ...]
    degrees: tuple[tuple[str, str], ...]


class Land(Model):
    """What people of one language are called, where they live, work and learn."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    places: tuple[tuple[str, str, str], ...]
    """City, country as written, region code of its phones."""
    employers: tuple[str, ...]
    schools: tuple[str, ...]
    trades: tuple[Trade, ...]
    summary: str
    languages: tuple[str, ...]


LANDS = {
    language: Land.model_validate(land)
    for language, land in orjson.loads(Path(__file__).with_suffix(".json").read_bytes()).items()
}
