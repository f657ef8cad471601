"""Postings as CSV, JSON Lines and Parquet, a batch at a time: no export is ever whole in memory."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from quiethire.domain.lifecycle import StoredPosting
from quiethire.domain.posting import Location
from services.api.jobs.postings import WholePosting, whole_of
from services.api.jobs.safety import safe_link, safe_text

ROW_GROUP = 2_000
"""Rows of a row group in Parquet: what is held before it is written."""

CELL = 32_000
"""Most characters of a CSV cell: spreadsheets take no more than 32,767."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection")."""


Job = tuple[StoredPosting, int]
"""A job as a search shows it, with the places of all its open postings, and how many those are."""


WITHOUT_SCOPE = 10_000
"""Most jobs of an export without an API key of the scope `export`."""


class ExportFormat(StrEnum):
    """The formats, by the ends of their addresses."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.JSONL: "application/jsonl; charset=utf-8",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}


class Encoder(Protocol):
    """Batches of jobs to the bytes of one file. Bytes may come later than their jobs."""

    def rows(self, jobs: Sequence[Job]) -> bytes:
        """The bytes that are ready after these jobs."""
        ...

    def end(self) -> bytes:
        """The rest of the file."""
        ...


def encoder(format: ExportFormat) -> Encoder:
    """A new file of this format."""
    files: dict[ExportFormat, Callable[[], Encoder]] = {
        ExportFormat.CSV: CsvFile,
        ExportFormat.JSONL: JsonLines,
        ExportFormat.PARQUET: ParquetFile,
    }
    return files[format]()


class ExportedPosting(WholePosting):
    """A whole posting as a line of JSON: what `/api/v1/jobs/{id}` tells of it, without its history and its mates."""

    last_seen_at: datetime
    """When it was last written."""
    listings: int
    """In how many places this job is open."""

    @classmethod
    def whole(cls, job: Job) -> "ExportedPosting":
        """The job without what only we need."""
        row, listings = job
        return cls(**whole_of(row), last_seen_at=row.last_seen_at, listings=listings)


class JsonLines:
    """One JSON object a line, UTF-8."""

    def rows(self, jobs: Sequence[Job]) -> bytes:
        """The lines of these jobs."""
        return "".join(f"{ExportedPosting.whole(job).model_dump_json()}\n" for job in jobs).encode()

    def end(self) -> bytes:
        """Nothing: every line is whole."""
        return b""


@dataclass(frozen=True)
class Column:
    """A column of the tables: its type in Parquet, and its value."""

    name: str
    type: pa.DataType
    value: Callable[[Job], Any]


_TEXT, _TEXTS, _TIME, _NUMBER = pa.string(), pa.list_(pa.string()), pa.timestamp("us", "UTC"), pa.int64()
_PLACE = pa.struct([(name, pa.float64() if name in {"lat", "lon"} else pa.string()) for name in Location.model_fields])


def _stated(name: str, type_: pa.DataType = _TEXT) -> Column:
    """A field of the posting under its own name."""
    return Column(name, type_, lambda job: getattr(job[0].posting, name))


def _pay(name: str, type_: pa.DataType) -> Column:
    return Column(f"salary_{name}", type_, lambda job: getattr(pay, name) if (pay := job[0].posting.salary) else None)


COLUMNS = (
    Column("id", _TEXT, lambda job: str(job[0].posting.id)),
    *map(_stated, ("title", "company_name", "company_domain")),
    Column("locations", pa.list_(_PLACE), lambda job: [place.model_dump() for place in job[0].posting.locations]),
    _stated("remote"),
    Column("remote_allowed_in", _TEXTS, lambda job: list(job[0].posting.remote_allowed_in)),
    _stated("on_site_days", pa.int8()),
    _stated("visa_sponsorship", pa.bool_()),
    *map(_stated, ("job_type", "seniority", "department")),
    Column("skills", _TEXTS, lambda job: list(job[0].posting.skills)),
    Column("requirements", _TEXTS, lambda job: list(job[0].posting.requirements)),
    _pay("min", pa.float64()),
    _pay("max", pa.float64()),
    _pay("currency", _TEXT),
    _pay("period", _TEXT),
    _pay("yearly_min", _NUMBER),
    _pay("yearly_max", _NUMBER),
    _stated("posted_at", _TIME),
    _stated("valid_through", _TIME),
    Column("first_seen_at", _TIME, lambda job: job[0].first_seen_at),
    Column("updated_at", _TIME, lambda job: job[0].updated_at),
    Column("url", _TEXT, lambda job: safe_link(job[0].posting.url)),
    Column("application_url", _TEXT, lambda job: safe_link(job[0].posting.application_url)),
    *map(_stated, ("language", "ats", "external_id")),
    _stated("quality_score", pa.int8()),
    Column("listings", pa.int32(), lambda job: job[1]),
    _stated("description_text"),
)
"""The columns of CSV and Parquet."""


class CsvFile:
    """RFC 4180 in UTF-8, with a header. Lists are joined with ` | `, places told by their names.

    A text that a spreadsheet could take for a formula is preceded by an apostrophe.
    """

    def __init__(self) -> None:
        self._header: bytes = self._lines([[column.name for column in COLUMNS]])

    def rows(self, jobs: Sequence[Job]) -> bytes:
        """The lines of these jobs, the header before the first."""
        header, self._header = self._header, b""
        return header + self._lines([[_cell(column.value(job)) for column in COLUMNS] for job in jobs])

    def end(self) -> bytes:
        """The header, where there was no job."""
        return self.rows(())

    def _lines(self, lines: Sequence[Sequence[str]]) -> bytes:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(lines)
        return out.getvalue().encode()


class ParquetFile:
    """Parquet with typed columns, compressed by Zstandard, in groups of `ROW_GROUP` rows."""

    def __init__(self) -> None:
        self._held: list[Job] = []
        self._sink = _Sink()
        schema = pa.schema([(column.name, column.type) for column in COLUMNS])
        self._writer = pq.ParquetWriter(self._sink, schema, compression="zstd")

    def rows(self, jobs: Sequence[Job]) -> bytes:
        """The row groups that are full."""
        self._held += jobs
        while len(self._held) >= ROW_GROUP:
            self._write(self._held[:ROW_GROUP])
            del self._held[:ROW_GROUP]
        return self._sink.taken()

    def end(self) -> bytes:
        """The last row group and the footer."""
        if self._held:
            self._write(self._held)
        self._writer.close()
        return self._sink.taken()

    def _write(self, jobs: Sequence[Job]) -> None:
        columns = {column.name: pa.array(map(column.value, jobs), column.type) for column in COLUMNS}
        self._writer.write_table(pa.table(columns), row_group_size=ROW_GROUP)


class _Sink(io.RawIOBase):
    """What was written and not yet taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:  # noqa: ANN401 - any buffer
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return _text(" | ".join(each["name"] if isinstance(each, dict) else each for each in value))
    return _text(str(value))


def _text(text: str) -> str:
    """A text that no spreadsheet takes for a formula, with the line ends of RFC 4180 left to the lines of the file."""
    plain = safe_text(text)[:CELL].replace("\r\n", "\n")
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
