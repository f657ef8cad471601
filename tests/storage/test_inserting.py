"""What an insert asks ClickHouse besides the insert."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DataError

from quiethire.storage.clickhouse.inserting import Inserter


@pytest.fixture
def asked(clickhouse_client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The tables whose columns' types were asked for; `rows.numbers` is one of them."""
    tables: list[str] = []
    ask = clickhouse_client.create_insert_context

    def told(table, columns, database, column_types=None, *arguments, **named):
        if column_types is None:
            tables.append(table)
        return ask(table, columns, database, column_types, *arguments, **named)

    clickhouse_client.command("CREATE DATABASE rows")
    clickhouse_client.command("CREATE TABLE rows.numbers (a UInt8, b String) ENGINE = MergeTree ORDER BY a")
    with monkeypatch.context() as patch:
        patch.setattr(clickhouse_client, "create_insert_context", told)
        yield tables
    clickhouse_client.command("DROP DATABASE rows")


def numbers(client: Client) -> list[tuple[int, str]]:
    return list(client.query("SELECT a, b FROM rows.numbers ORDER BY a").result_rows)


def test_the_types_of_columns_are_asked_once(clickhouse_client: Client, asked: list[str]) -> None:
    insert = Inserter(clickhouse_client, "rows")
    for number in range(3):
        insert("numbers", ("a", "b"), [[number], ["own"]])
    assert asked == ["numbers"]
    insert("numbers", ("a",), [[3]])
    assert asked == ["numbers", "numbers"]
    assert numbers(clickhouse_client) == [(0, "own"), (1, "own"), (2, "own"), (3, "")]


def test_a_value_that_fits_a_column_grown_wider_is_taken_at_the_first_try(
    clickhouse_client: Client, asked: list[str]
) -> None:
    insert = Inserter(clickhouse_client, "rows")
    insert("numbers", ("a", "b"), [[1], ["before"]])
    clickhouse_client.command("DROP TABLE rows.numbers")
    clickhouse_client.command("CREATE TABLE rows.numbers (a UInt16, b String) ENGINE = MergeTree ORDER BY a")
    insert("numbers", ("a", "b"), [[300], ["after"]])
    insert("numbers", ("a", "b"), [[301], ["after"]])
    assert (asked, numbers(clickhouse_client)) == (["numbers", "numbers"], [(300, "after"), (301, "after")])


def test_a_value_that_fits_nothing_is_refused_and_spoils_no_other(clickhouse_client: Client, asked: list[str]) -> None:
    insert = Inserter(clickhouse_client, "rows")
    for _ in range(2):
        with pytest.raises(DataError, match="column `a`"):
            insert("numbers", ("a", "b"), [[300], ["too large"]])
    insert("numbers", ("a", "b"), [[3], ["fits"]])
    assert numbers(clickhouse_client) == [(3, "fits")]


def test_inserts_at_the_same_time_ask_once_the_types_are_known(clickhouse_client: Client, asked: list[str]) -> None:
    insert = Inserter(clickhouse_client, "rows")
    insert("numbers", ("a",), [[0]])
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: insert("numbers", ("a",), [[number]]), range(1, 40)))
    assert asked == ["numbers"]
    assert [number for number, _ in numbers(clickhouse_client)] == [*range(40)]
