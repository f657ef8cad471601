"""`quiethire skills` and `occupation`: what words mean in ESCO's terms, asked by itself."""

from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from quiethire.cli.ask import JSON, MAX_TEXT
from quiethire.cli.output import data, print_json, refused, settings
from quiethire.domain.errors import Permanent

Top = Annotated[int, typer.Option("--top", min=1, max=100, help="How many are ranked.")]
Named = Annotated[bool, typer.Option("--named", help="Only what is named by a label: no model is loaded.")]
_TAXONOMY = 'pip install "quiethire[taxonomy]"'
_BOTH = 'pip install "quiethire[taxonomy,semantic]"'

# Each question imports what answers it when it is asked.


def skills(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A sentence of a posting or a résumé.")],
    top: Top = 10,
    named: Named = False,
    json: JSON = False,
) -> None:
    """Read skills out of a text: those that it names, and ESCO's that come nearest to what it means.

    What is named is what postings and résumés are searched for; a technology is told in its own name. What is meant is ranked by
    the local model, best first; the first time, its vectors of all skills are made, in some two minutes.

        quiethire skills "You love to untangle messy data, mostly in Python"

    Exit codes: 0 answered, 1 ESCO or the model is not installed, 2 wrong use.
    """
    from services.matching.taxonomy.skills import open_skills  # noqa: PLC0415 - see above

    folder = _folder()
    mentions = open_skills(folder).mentions(text[:MAX_TEXT])
    answer = {
        "named": [each._asdict() | {"said": text[each.start : each.end]} for each in mentions],
        "meant": [] if named else _meant(text[:MAX_TEXT], folder, top),
    }
    if json:
        print_json(answer)
        return
    for each in answer["named"]:
        data.print(f"  {each['name']:<44} named: {each['said']}", markup=False, soft_wrap=True)
    for each in answer["meant"]:
        data.print(f"  {each['name']:<44} meant: {each['score']:.2f}", markup=False, soft_wrap=True)


def occupation(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The title of a job, in English.")],
    top: Top = 5,
    named: Named = False,
    json: JSON = False,
) -> None:
    """Name the occupation of ESCO that a job's title says, and those whose names mean nearly the same.

    The first is what matching compares by, and none where no label comes near the title. The others are ranked by the local
    model, best first; the first time, its vectors of all labels are made, in a minute.

        quiethire occupation "Senior Realtor"

    Exit codes: 0 answered, 1 ESCO or the model is not installed, 2 wrong use.
    """
    from services.matching.taxonomy.titles import open_occupations  # noqa: PLC0415 - see above

    folder = _folder()
    known = open_occupations(folder)
    if not len(known):
        _missing("ESCO is not installed", _TAXONOMY)
    uri = known.occupation(title[:MAX_TEXT])
    near = [] if named else _near(title[:MAX_TEXT], folder, top)
    if json:
        print_json({"occupation": {"name": known.name(uri), "uri": uri} if uri else None, "near": near})
        return
    data.print(f"  {known.name(uri) if uri else 'no label comes near this title'}", markup=False)
    for each in near:
        data.print(f"  {each['name']:<44} near: {each['likeness']:.2f}", markup=False, soft_wrap=True)


def _folder() -> Path:
    return settings().cache_path / "taxonomy"


def _meant(text: str, folder: Path, top: int) -> list[dict[str, Any]]:
    try:
        from services.matching.taxonomy.meaning import open_ranking  # noqa: PLC0415 - needs the extra `semantic`
    except ModuleNotFoundError as error:
        _missing(f"the local model is not installed: {error.name}", _BOTH)
    ranked = open_ranking(folder, settings().cache_path / "models").rank(text, top)
    return [{"name": each.skill.name, "uri": each.skill.uri, "score": round(each.score, 4)} for each in ranked]


def _near(title: str, folder: Path, top: int) -> list[dict[str, Any]]:
    try:
        from services.matching.taxonomy.title_meaning import open_title_meaning  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        _missing(f"the local model is not installed: {error.name}", _BOTH)
    from services.matching.taxonomy.esco import open_esco  # noqa: PLC0415 - see above

    occupations = open_esco(folder).occupations
    meaning = open_title_meaning(folder, settings().cache_path / "models")
    likeness = meaning.likeness([title], [each.name for each in occupations])[0]
    best = likeness.argsort()[::-1][:top]
    return [
        {"name": occupations[at].name, "uri": occupations[at].uri, "likeness": round(float(likeness[at]), 4)}
        for at in best
    ]


def _missing(detail: str, hint: str) -> NoReturn:
    raise typer.Exit(refused(Permanent(detail, hint=hint)))
