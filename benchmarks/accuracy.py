"""How right the parser is on the corpus, by the corpus's own scorers, with structured data alone (extruct) beside it.

`python -m benchmarks.accuracy [--json] [--quick]` asks the command line and writes docs/accuracy.md; quick leaves out
the baseline and the document. The corpus is where QUIETHIRE_CORPUS points, else `../shared/corpus`.
"""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import webencodings
from bs4 import BeautifulSoup, Tag
from w3lib.encoding import html_to_unicode

from benchmarks.report import Target, finish, options
from benchmarks.structured_data import posting_of
from services.parser.encoding import decode, sniff
from services.parser.normalise.text import as_html, safe_html

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "accuracy.md"
HTML = "text/html"

FIELDS = ("title", "company", "location", "salary", "job_type", "workplace", "posted_at")
TARGETS: dict[str, Target] = {
    "postings_macro_f1": (">=", 0.95),
    **{f"postings_{name}_f1": (">=", 0.90) for name in FIELDS},
    "pages_without_posting_refused": (">=", 1),
    "links_f1": (">=", 0.95),
    "pages_without_jobs_clean": (">=", 15 / 16),
    "boards_right": (">=", 0.99),
    "boards_false_claims": ("<=", 0),
    "locations_country_right": (">=", 0.95),
    "encodings_right": (">=", 1),
    "sanitiser_unsafe": ("<=", 0),
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """So many right of so many."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return round(self.right / self.of, 4) if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.right:,}/{self.of:,}"


@dataclass(frozen=True)
class Field:
    """One line of the scorer of postings."""

    stated: int
    given: int
    right: int
    recall: float
    precision: float
    f1: float


@dataclass(frozen=True)
class Postings:
    """What the scorer of postings says."""

    fields: dict[str, Field]
    refused: Share
    macro: float


@dataclass(frozen=True)
class Measured:
    """Every figure of one run."""

    postings: Postings
    links_f1: float
    links_detail: str
    clean: Share
    boards: Share
    false_claims: int
    locations: Share
    encodings: Share
    unsafe: int
    payloads: int

    def figures(self) -> dict[str, float]:
        """The figures by the names of their targets."""
        return {
            "postings_macro_f1": self.postings.macro,
            **{f"postings_{name}_f1": self.postings.fields[name].f1 for name in FIELDS},
            "pages_without_posting_refused": self.postings.refused.value,
            "links_f1": self.links_f1,
            "pages_without_jobs_clean": self.clean.value,
            "boards_right": self.boards.value,
            "boards_false_claims": self.false_claims,
            "locations_country_right": self.locations.value,
            "encodings_right": self.encodings.value,
            "sanitiser_unsafe": self.unsafe,
        }


def main() -> int:
    """Measure, write, print, and tell whether the targets are reached."""
    given = options(__doc__)
    corpus = Path(os.environ.get("QUIETHIRE_CORPUS", ROOT.parent / "shared" / "corpus"))
    if not (corpus.parent / "tools").is_dir():
        raise SystemExit(f"no corpus with its scorers at {corpus}; set QUIETHIRE_CORPUS")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = measure(corpus, folder)
        figures = measured.figures()
        if not given.quick:
            baseline = postings(corpus, _structured_data(corpus, folder))
            w3lib = encodings(corpus, lambda body: html_to_unicode(HTML, body, default_encoding="cp1252")[0])
            figures |= {"baseline_postings_macro_f1": baseline.macro, "baseline_encodings_right": w3lib.value}
            DOCUMENT.write_text(document(measured, baseline, w3lib), encoding="utf-8")
    return finish(figures, TARGETS, as_json=given.json)


def measure(corpus: Path, folder: Path) -> Measured:
    """Ask the command line for everything that the corpus has a truth of."""
    links = _run(
        _scorer(corpus, "score_links.py"),
        corpus / "listings" / "truth.jsonl",
        _asked("links", corpus / "listings" / "truth.jsonl", folder),
    )
    f1 = re.search(r"links F1 ([\d.]+) \((.*)\)", links)
    clean = re.search(r"left clean (\d+)/(\d+)", links)
    if f1 is None or clean is None:
        raise RuntimeError(f"the scorer of links changed its words: {links}")
    boards, false_claims = _boards(corpus, folder)
    payloads = json.loads((corpus / "xss" / "dompurify_payloads.json").read_text(encoding="utf-8"))
    return Measured(
        postings=postings(corpus, _asked("parse", corpus / "postings" / "truth.jsonl", folder)),
        links_f1=float(f1[1]),
        links_detail=f1[2],
        clean=Share(int(clean[1]), int(clean[2])),
        boards=boards,
        false_claims=false_claims,
        locations=_locations(corpus, folder),
        encodings=encodings(corpus, lambda body: sniff(body, HTML)),
        unsafe=sum(_unsafe(payload["payload"]) for payload in payloads),
        payloads=len(payloads),
    )


def _asked(command: str, cases: Path, folder: Path) -> Path:
    """The answers of the command line to a file of cases."""
    answers = folder / f"{command}.jsonl"
    answers.write_text(_run(Path(sys.executable).with_name("quiethire"), command, "--jsonl", cases), encoding="utf-8")
    return answers


def _run(program: Path, *arguments: str | Path) -> str:
    command = [str(part) for part in (program, *arguments)]
    if program.suffix == ".py":
        command.insert(0, sys.executable)
    # Exit code 3 names pages that could not be read: the scorers count them as misses.
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if ended.returncode not in (0, 3):
        raise RuntimeError(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr[-2000:]}")
    return ended.stdout


def _scorer(corpus: Path, name: str) -> Path:
    return corpus.parent / "tools" / name


def _cases(folder: Path, name: str, cases: Iterable[Json]) -> Path:
    file = folder / f"{name}-cases.jsonl"
    file.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return file


def _lines(file: Path) -> Iterator[Json]:
    yield from (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


# --- postings ---


def postings(corpus: Path, predictions: Path) -> Postings:
    """What the scorer says of predictions."""
    said = _run(_scorer(corpus, "score_postings.py"), corpus / "postings" / "truth.jsonl", predictions)
    rows = re.findall(r"^(\w+)\s+(\d+)\s+(\d+)\s+(\d+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)$", said, re.MULTILINE)
    refused = re.search(r"refused: (\d+)/(\d+)", said)
    macro = re.search(r"macro F1 ([\d.]+)", said)
    if refused is None or macro is None:
        raise RuntimeError(f"the scorer of postings changed its words: {said}")
    fields = {
        name: Field(int(stated), int(given), int(right), float(recall), float(precision), float(f1))
        for name, stated, given, right, recall, precision, f1 in rows
    }
    return Postings(fields=fields, refused=Share(int(refused[1]), int(refused[2])), macro=float(macro[1]))


def _structured_data(corpus: Path, folder: Path) -> Path:
    """The baseline's predictions on the same pages."""
    predictions = folder / "structured-data.jsonl"
    with predictions.open("w", encoding="utf-8") as out:
        for case in _lines(corpus / "postings" / "truth.jsonl"):
            markup = decode((corpus / "postings" / case["path"]).read_bytes(), HTML)
            out.write(json.dumps({"id": case["id"], "posting": posting_of(markup, case["url"])}, default=str) + "\n")
    return predictions


# --- boards, locations, encodings, sanitiser ---


def _boards(corpus: Path, folder: Path) -> tuple[Share, int]:
    """Rows with the right ATS and token (the ATS alone where the truth has no token), and rows of no ATS that are claimed."""
    with (corpus / "boards" / "truth.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    cases = _cases(folder, "boards", ({"id": index, "url": row["url"]} for index, row in enumerate(rows)))
    right = false_claims = 0
    for answer in _lines(_asked("recognise", cases, folder)):
        row = rows[answer["id"]]
        ats, token = answer["ats"] or "", answer["token"] or ""
        right += ats == row["ats"] and (not row["token"] or token == row["token"])
        false_claims += not row["ats"] and bool(ats)
    return Share(right, len(rows)), false_claims


def _locations(corpus: Path, folder: Path) -> Share:
    """Texts whose one country is named; those that name none, or several, must not give one."""
    rows = json.loads((corpus / "labels" / "location_country.json").read_text(encoding="utf-8"))
    cases = _cases(folder, "locations", ({"id": index, "text": row["location"]} for index, row in enumerate(rows)))
    right = 0
    for answer in _lines(_asked("location", cases, folder)):
        countries = {place["country"] for place in answer["locations"]} - {None}
        found = next(iter(countries)) if len(countries) == 1 else ""
        right += found == rows[answer["id"]]["expected"]
    return Share(right, len(rows))


def encodings(corpus: Path, judge: Callable[[bytes], str]) -> Share:
    """html5lib's cases that are judged as browsers do; the one case whose `<meta>` a script writes is left out."""
    right = count = 0
    for file in sorted((corpus / "html" / "encoding").glob("*.dat")):
        for block in re.split(rb"(?:^|\n)#data\n", file.read_bytes())[1:] if file.name != "scripted.dat" else ():
            data, _, expected = block.partition(b"\n#encoding\n")
            count += 1
            right += webencodings.lookup(judge(data)) == webencodings.lookup(expected.split(b"\n")[0].strip().decode())
    return Share(right, count)


_SAFE_URL = re.compile(r"(https?:|mailto:)", re.IGNORECASE)
_UNSAFE_TAGS = frozenset(
    (
        *("script", "style", "link", "meta", "base", "title", "template", "noscript", "xmp", "plaintext", "noembed"),
        *("iframe", "frame", "noframes", "object", "embed", "applet", "portal", "svg", "math", "animate", "set"),
        *("form", "input", "button", "select", "textarea", "img", "image", "audio", "video", "source", "track"),
    )
)


def _unsafe(payload: str) -> bool:
    """Whether anything that acts survives, in the sanitised text and in what a browser makes of it when it is read again."""
    for markup in (safe_html(payload), safe_html(as_html(payload))):
        once = BeautifulSoup(markup, "html5lib")
        again = BeautifulSoup(f"<div>{once.body.decode_contents() if once.body else ''}</div>", "html5lib")
        if any(_acts(tag) for tree in (once, again) for tag in tree.find_all(True)):
            return True
    return False


def _acts(tag: Tag) -> bool:
    if tag.name in _UNSAFE_TAGS:
        return True
    allowed = {"rel"} | ({"href"} if tag.name == "a" else set())
    return not set(tag.attrs) <= allowed or ("href" in tag.attrs and not _SAFE_URL.match(str(tag["href"])))


# --- the document ---


def document(measured: Measured, baseline: Postings, w3lib: Share) -> str:
    """docs/accuracy.md."""
    rows = []
    for name in FIELDS:
        ours, theirs = measured.postings.fields[name], baseline.fields[name]
        rows.append(
            f"| {name.replace('_', ' ')} | {ours.stated} | {ours.precision:.3f} | {ours.recall:.3f} | {ours.f1:.3f} "
            f"| {theirs.precision:.3f} | {theirs.recall:.3f} | {theirs.f1:.3f} |"
        )
    rows.append(f"| **macro average** | | | | **{measured.postings.macro:.3f}** | | | **{baseline.macro:.3f}** |")
    others = [
        ("pages that hold no single posting, refused", measured.postings.refused, baseline.refused, "all"),
        ("job links on listing pages, F1", f"{measured.links_f1:.3f} ({measured.links_detail})", "–", "≥ 0.95"),
        ("pages without jobs left clean", measured.clean, "–", "≥ 15/16"),
        ("board URLs → ATS and token, right", f"{measured.boards} ({measured.boards.value:.1%})", "–", "≥ 99%"),
        ("board URLs claimed for an ATS that does not serve them", measured.false_claims, "–", "0"),
        ("location text → country, right", measured.locations, "–", "≥ 95%"),
        ("character encodings, right", measured.encodings, f"{w3lib} (w3lib)", "all"),
        ("sanitiser payloads that stay unsafe", f"{measured.unsafe} of {measured.payloads}", "–", "0"),
    ]
    table = "\n".join(f"| {name} | {ours} | {theirs} | {target} |" for name, ours, theirs, target in others)
    return _DOCUMENT.format(
        postings=measured.postings.fields["title"].stated,
        fields="\n".join(rows),
        others=table,
    )


_DOCUMENT = """# How right the parser is

Generated by `make accuracy`; do not edit. Every figure is taken through the command line, on saved real pages that the
project does not hold, and judged by scorers that are not the project's own. Nothing is keyed to a page or a site.

## Postings

{postings} posting pages in many languages. *Stated*: pages whose truth states the field. *Precision*: right of those given;
*recall*: right of those stated. The baseline is [extruct](https://github.com/scrapinghub/extruct) alone, every syntax,
on the same pages in the same run. Targets: macro F1 ≥ 0.95, each field ≥ 0.90.

| field | stated | precision | recall | F1 | baseline precision | recall | F1 |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{fields}

A title is right where four fifths of its words are; a company without its legal form; a place where its city, region or
country is named; pay only where both ends, the currency and the period are.

## Everything else

| figure | QuietHire | baseline | target |
| --- | --- | --- | --- |
{others}

A board is right where its ATS is, and its token where the truth states one. A location text that names several
countries, or none, is right where no single one is given. An encoding is right where browsers read the same (html5lib's
cases). A payload is unsafe where an independent HTML parser finds, in the sanitised text or in what it writes of it
again, an element that acts, an attribute that is not allowed, or an address that is neither http(s) nor mailto.
"""


if __name__ == "__main__":
    sys.exit(main())
