"""Fingerprints and clusters of postings in ClickHouse."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from clickhouse_connect.driver.client import Client

from quiethire.domain.cluster import Fingerprint, Neighbours, Placement
from quiethire.storage.clickhouse.connection import in_thread
from quiethire.storage.clickhouse.inserting import Inserter

IDS_AT_ONCE = 2_000
"""Ids or keys in one statement."""

LED_BY_A_KEY = 64
"""Postings that are looked at for one key: beyond that it is the key of too many to tell any two apart."""

_FIELDS = (
    *(
        "method",
        "first_seen_at",
        "board",
        "company",
        "domain",
        "title",
        "department",
        "places",
        "names",
        "text",
        "shingles",
    ),
    *("standing", "speaks_of_itself"),
)
_READ = f"SELECT number, rest, {', '.join(_FIELDS)} FROM {{database:Identifier}}.fingerprints FINAL WHERE "  # noqa: S608
_LED_TO = f"""
    SELECT number FROM {{database:Identifier}}.fingerprint_keys
    WHERE key IN {{keys:Array(UInt32)}} LIMIT {LED_BY_A_KEY} BY key"""  # noqa: S608 - made of a constant
_BY_NUMBER = f"{_READ} number IN {{numbers:Array(UInt64)}}"
_SINCE = """
    SELECT number, rest FROM {database:Identifier}.fingerprints FINAL WHERE remembered_at >= {moment:DateTime('UTC')}
"""
_PLACED = "SELECT DISTINCT job_id FROM {database:Identifier}.clusters WHERE job_id IN {ids:Array(UUID)}"
_MATES = """
    SELECT job_id, cluster, rank FROM {database:Identifier}.clusters FINAL WHERE cluster IN (
        SELECT cluster FROM {database:Identifier}.clusters FINAL WHERE job_id IN {ids:Array(UUID)})
"""


def _ranked(columns: str, placed: str, open_: str) -> str:
    return f"""
        SELECT {columns} FROM (
            SELECT job_id, count() OVER (PARTITION BY cluster) AS size,
                   row_number() OVER (PARTITION BY cluster ORDER BY rank, created_at, toString(job_id)) AS turn
            FROM (SELECT job_id, cluster, rank FROM {{database:Identifier}}.clusters FINAL WHERE {placed}) AS placed
            INNER JOIN (
                SELECT id, created_at FROM {{database:Identifier}}.jobs FINAL WHERE closed_at IS NULL AND {open_}
            ) AS open ON open.id = placed.job_id
        )"""  # noqa: S608 - made of the constants below


_ALL = ("1", "id IN (SELECT job_id FROM {database:Identifier}.clusters)")
# Rows of postings are sorted by identity, which any version of a row tells.
_SOME = (
    "job_id IN {mates:Array(UUID)}",
    "identity IN (SELECT identity FROM {database:Identifier}.jobs WHERE id IN {mates:Array(UUID)})",
)
_STANDS_FOR = "job_id, if(turn = 1, size, 0) AS listings"
_LISTINGS = _ranked(_STANDS_FOR, *_ALL)
_LISTINGS_OF = _ranked(_STANDS_FOR, *_SOME)
# What mates give to the one that is shown, as `quiethire.domain.cluster.whole` has it.
_TURN = "(rank, created_at, toString(job_id))"
_PLACES = "arrayZip(`locations.name`, `locations.country`, `locations.lat`, `locations.lon`)"
JOBS = f"""
    SELECT arrayJoin(members) AS member, leader, identities, pay, abilities, workplace, allowed_in,
           arrayFilter((place, turn) -> indexOf(every_place.1, place.1) = turn, every_place, arrayEnumerate(every_place))
               AS places
    FROM (
        SELECT arraySort(each -> each.1, groupArray(({_TURN}, job_id, identity, {_PLACES}))) AS listed,
               listed.2 AS members, members[1] AS leader, listed.3 AS identities, arrayFlatten(listed.4) AS every_place,
               argMinIf((salary_yearly_min, salary_yearly_max, salary_currency), {_TURN}, salary_currency IS NOT NULL)
                   AS pay,
               argMinIf(skills, {_TURN}, notEmpty(skills)) AS abilities,
               argMin((remote, remote_allowed_in), (remote = 'none', {_TURN})) AS stated,
               stated.1 AS workplace, stated.2 AS allowed_in
        FROM (SELECT job_id, cluster, rank FROM {{database:Identifier}}.clusters FINAL) AS placed
        INNER JOIN (
            SELECT id, identity, created_at, `locations.name`, `locations.country`, `locations.lat`, `locations.lon`,
                   salary_yearly_min, salary_yearly_max, toString(salary_currency) AS salary_currency, skills,
                   toString(remote) AS remote, remote_allowed_in
            FROM {{database:Identifier}}.jobs FINAL WHERE closed_at IS NULL AND {_ALL[1]}
        ) AS open ON open.id = placed.job_id
        GROUP BY cluster HAVING count() > 1
    )"""  # noqa: S608 - made of constants
"""Of each open posting that has open mates: which of them is shown, the identities of all in the order in which they are shown,
and what the job is searched by, as SQL."""
_COUNT_HIDDEN = f"{_ranked('count() AS hidden', *_ALL)} WHERE turn > 1"
_STRANGE = """
    SELECT id FROM (SELECT id, updated_at FROM {database:Identifier}.jobs FINAL WHERE closed_at IS NULL) AS open
    LEFT JOIN (
        SELECT reinterpretAsUUID(concat(reinterpretAsString(rest), reinterpretAsString(number))) AS job_id, remembered_at
        FROM {database:Identifier}.fingerprints FINAL WHERE method = {method:UInt8}
    ) AS known ON known.job_id = open.id
    WHERE known.remembered_at < toDateTime(open.updated_at, 'UTC')
"""
"""A posting without a fingerprint has one of 1970 here."""
_HALF = 64
_LOW = (1 << _HALF) - 1

T = TypeVar("T")


class ClickHouseClusters:
    """`ClusterStore` over ClickHouse, in the database of the postings."""

    def __init__(self, client: Client, database: str = "quiethire") -> None:
        self.client = client
        self.database = database
        self._insert = Inserter(client, database)

    async def remember(self, fingerprints: Sequence[Fingerprint]) -> None:
        """Keep fingerprints, then the keys that lead to them."""
        if not fingerprints:
            return
        now = datetime.now(UTC)
        columns = [
            [each.job_id.int & _LOW for each in fingerprints],
            [each.job_id.int >> _HALF for each in fingerprints],
            *([_stored(getattr(each, name)) for each in fingerprints] for name in _FIELDS),
            [now] * len(fingerprints),
        ]
        await in_thread(self._insert, "fingerprints", ("number", "rest", *_FIELDS, "remembered_at"), columns)
        keys = [(key, each.job_id.int & _LOW) for each in fingerprints for key in each.keys]
        await in_thread(
            self._insert, "fingerprint_keys", ("key", "number"), [list(column) for column in zip(*keys, strict=True)]
        )

    async def around(self, fingerprints: Sequence[Fingerprint]) -> Neighbours:
        """What may be the same job as any of these: a question for keys, for what they lead to, for clusters, for mates."""
        found = {each.job_id: each for each in fingerprints}
        numbers: set[int] = set()
        for some in _portions(sorted({key for each in fingerprints for key in each.keys})):
            numbers.update(row["number"] for row in await self._rows(_LED_TO, {"keys": some}))
        given = {job_id.int & _LOW for job_id in found}
        found |= await self._fingerprints(numbers - given)
        placements = dict(await self.mates(found))
        found |= await self._fingerprints({job_id.int & _LOW for job_id in placements if job_id not in found})
        return Neighbours(fingerprints=tuple(found.values()), placements=placements)

    async def place(self, placements: Mapping[UUID, Placement]) -> None:
        """Keep where postings stand."""
        if placements:
            columns = [
                list(placements),
                [placement.cluster for placement in placements.values()],
                [placement.rank for placement in placements.values()],
            ]
            await in_thread(self._insert, "clusters", ("job_id", "cluster", "rank"), columns)

    async def mates(self, job_ids: Collection[UUID]) -> Mapping[UUID, Placement]:
        """The members of all clusters that any of these is in. Most postings are in none: then the table is not looked through."""
        found: dict[UUID, Placement] = {}
        for some in _portions(list(job_ids)):
            placed = [row["job_id"] for row in await self._rows(_PLACED, {"ids": some})]
            # Both in one statement: a cluster that is renamed between two would be nobody's.
            for row in await self._rows(_MATES, {"ids": placed}) if placed else ():
                found[row["job_id"]] = Placement(cluster=row["cluster"], rank=row["rank"])
        return found

    async def listings(self, job_ids: Collection[UUID] | None = None) -> Mapping[UUID, int]:
        """Of these postings, or of all: for each open one that has mates, how many open postings it stands for."""
        if job_ids is None:
            return {row["job_id"]: row["listings"] for row in await self._rows(_LISTINGS, {})}
        wanted = set(job_ids)
        by_cluster: dict[UUID, list[UUID]] = {}
        for job_id, placement in (await self.mates(wanted)).items():
            by_cluster.setdefault(placement.cluster, []).append(job_id)
        found: dict[UUID, int] = {}
        some: list[UUID] = []
        # Whole clusters at a time: who is shown is decided within one.
        for members in [*by_cluster.values(), []]:
            some += members
            if some and (not members or len(some) >= IDS_AT_ONCE):
                rows = await self._rows(_LISTINGS_OF, {"mates": some})
                found.update((row["job_id"], row["listings"]) for row in rows if row["job_id"] in wanted)
                some = []
        return found

    async def hidden(self) -> int:
        """How many open postings stand for none."""
        return int((await self._rows(_COUNT_HIDDEN, {}))[0]["hidden"])

    async def strange(self, method: int) -> set[UUID]:
        """Open postings without a fingerprint of this method that is as new as they are."""
        return {row["id"] for row in await self._rows(_STRANGE, {"method": method})}

    async def remembered_since(self, moment: datetime) -> set[UUID]:
        """The postings whose fingerprints were kept at this moment or later."""
        return {_id_of(row) for row in await self._rows(_SINCE, {"moment": moment.replace(microsecond=0)})}

    async def _fingerprints(self, numbers: Collection[int]) -> dict[UUID, Fingerprint]:
        found: dict[UUID, Fingerprint] = {}
        for some in _portions(sorted(numbers)):
            rows = await self._rows(_BY_NUMBER, {"numbers": some})
            found.update((each.job_id, each) for each in map(_fingerprint_of, rows))
        return found

    async def _rows(self, sql: str, parameters: dict[str, Any]) -> Sequence[Mapping[str, Any]]:
        return await in_thread(self._query, sql, {"database": self.database, **parameters})

    def _query(self, sql: str, parameters: dict[str, Any]) -> Sequence[Mapping[str, Any]]:
        answer = self.client.query(sql, parameters=parameters, tz_mode="aware", column_formats={"text": "bytes"})
        return list(answer.named_results())


def _portions(items: Sequence[T]) -> list[list[T]]:
    return [list(items[start : start + IDS_AT_ONCE]) for start in range(0, len(items), IDS_AT_ONCE)]


def _stored(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _id_of(row: Mapping[str, Any]) -> UUID:
    return UUID(int=row["rest"] << _HALF | row["number"])


def _fingerprint_of(row: Mapping[str, Any]) -> Fingerprint:
    return Fingerprint.model_validate({name: row[name] for name in _FIELDS} | {"job_id": _id_of(row)})
