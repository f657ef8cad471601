"""`quiethire dlq`: dead letters, which are work that ended for good and waits for a person."""

from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
import typer
from temporalio.api.common.v1 import Payloads
from temporalio.client import Client
from temporalio.common import RawValue, WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from quiethire.cli.output import data, plain, print_json, run, settings, talk
from quiethire.domain.dead_letters import DeadLetters, KeptLetter
from quiethire.domain.errors import InvalidInput
from quiethire.platform.local import open_session
from quiethire.processes import DONE
from quiethire.registry import open_registry
from quiethire.settings import TASK_QUEUE

dlq = typer.Typer(no_args_is_help=True, help="Dead letters: work that ended for good. List, show, start again, drop.")

_OF = "dead_letter"
"""The memo of a run that was started again: for which occurrence of its letter."""

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The letter's number, which list shows.")]


@dlq.command("list")
def list_letters(
    kind: Annotated[str | None, typer.Option(help="Only those of this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="So many at most.")] = 50,
    json: Json = False,
) -> None:
    """List dead letters, the newest first: a page that broke the parser, input that a worker could not read, a defect.

    Example: quiethire dlq list --kind defect
    """
    run(_list(kind, limit, json=json))


@dlq.command()
def show(letter: Number, json: Json = False) -> None:
    """Show one: what went wrong, how often, and what its workflow was started with.

    Example: quiethire dlq show 12
    """
    run(_show(letter, json=json))


@dlq.command()
def replay(letter: Number, json: Json = False) -> None:
    """Start its workflow again with what it was started with; once what was wrong is mended. The letter stays until dropped.

    Example: quiethire dlq replay 12
    """
    run(_replay(letter, json=json))


@dlq.command()
def drop(
    letter: Annotated[int | None, typer.Argument(metavar="[ID]", min=1, help="The letter's number.")] = None,
    kind: Annotated[str | None, typer.Option(help="In place of a number: all of this kind.")] = None,
    json: Json = False,
) -> None:
    """Forget one, or all of a kind, as after a defect that thousands of boards met. Those of a quarter ago go by themselves.

    Example: quiethire dlq drop --kind defect
    """
    run(_drop(letter, kind, json=json))


async def _list(kind: str | None, limit: int, *, json: bool) -> int:
    async with open_session(settings(), say=talk.print) as session, open_registry(session.settings) as registry:
        letters = await registry.dead_letters.newest(limit, kind=kind)
    if json:
        print_json({"letters": [letter.model_dump(mode="json") for letter in letters]})
        return DONE
    if not letters:
        talk.print("  no dead letters")
    for letter in letters:
        again = f"  started again {_moment(letter.replayed_at)}" if letter.replayed_at else ""
        data.print(
            f"  {letter.id:>6}  {letter.last_at:%Y-%m-%d %H:%M}  {letter.count:>4} times  {plain(letter.kind)}"
            f"  {plain(letter.activity or letter.workflow)}  {plain(letter.workflow_id)}{again}",
            markup=False,
            soft_wrap=True,
        )
        data.print(f"          {plain(letter.detail)}", style="dim", markup=False, soft_wrap=True)
    return DONE


async def _show(number: int, *, json: bool) -> int:
    async with open_session(settings(), say=talk.print) as session, open_registry(session.settings) as registry:
        letter = await _letter(registry.dead_letters, number)
        payload = await registry.dead_letters.payload(number)
    given = None if payload is None else _readable(payload)
    if json:
        print_json({**letter.model_dump(mode="json"), "payload": given})
        return DONE
    for name, value in letter.model_dump().items():
        told = _moment(value) if isinstance(value, datetime) else plain(str(value))
        data.print(f"  {name:<14} {told}", markup=False, soft_wrap=True)
    told = "more than is kept" if given is None else plain(orjson.dumps(given).decode())
    data.print(f"  {'started with':<14} {told}", markup=False, soft_wrap=True)
    return DONE


async def _replay(number: int, *, json: bool) -> int:
    async with open_session(settings(), say=talk.print) as session, open_registry(session.settings) as registry:
        letter = await _letter(registry.dead_letters, number)
        payload = await registry.dead_letters.payload(number)
        if payload is None:
            hint = f"start {letter.workflow} by the command that it belongs to"
            raise InvalidInput(
                "what it was started with was more than is kept", where=f"dead letter {number}", hint=hint
            )
        # Whoever sees that it was started again, and asks for it once more, means it.
        if letter.replayed_at is not None or not await was_started(session.temporal, letter):
            await start_again(session.temporal, letter, payload)
        await registry.dead_letters.replayed(letter, datetime.now(UTC))
    if json:
        print_json({"started": letter.workflow_id})
    else:
        data.print(f"  {plain(letter.workflow_id)} is started again", markup=False)
    return DONE


async def start_again(temporal: Client, letter: KeptLetter, payload: bytes, *, queue: str = TASK_QUEUE) -> None:
    """Start the letter's workflow with the very payloads of before; one that runs already is that one."""
    await temporal.start_workflow(
        letter.workflow,
        args=[RawValue(each) for each in Payloads.FromString(payload).payloads],
        id=letter.workflow_id,
        task_queue=queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        memo={_OF: letter.occurrence},
    )


async def was_started(temporal: Client, letter: KeptLetter) -> bool:
    """Whether its workflow's newest run was started for this very occurrence, by a replay that died before it could say so."""
    try:
        newest = await temporal.get_workflow_handle(letter.workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return bool(await newest.memo_value(_OF, default="") == letter.occurrence)


async def _drop(number: int | None, kind: str | None, *, json: bool) -> int:
    if (number is None) == (kind is None):
        raise InvalidInput("one letter or one kind", hint="quiethire dlq drop ID, or quiethire dlq drop --kind KIND")
    async with open_session(settings(), say=talk.print) as session, open_registry(session.settings) as registry:
        if number is not None:
            await _letter(registry.dead_letters, number)
            await registry.dead_letters.drop(number)
            dropped = 1
        else:
            dropped = await registry.dead_letters.drop_kind(kind or "")
    if json:
        print_json({"dropped": dropped})
    else:
        data.print(f"  {dropped} dropped")
    return DONE


async def _letter(letters: DeadLetters, number: int) -> KeptLetter:
    letter = await letters.get(number)
    if letter is None:
        raise InvalidInput("there is no such letter", where=str(number), hint="quiethire dlq list")
    return letter


def _readable(payload: bytes) -> list[Any]:
    """What the payloads say, where it is JSON."""
    found: list[Any] = []
    for each in Payloads.FromString(payload).payloads:
        try:
            found.append(orjson.loads(each.data))
        except orjson.JSONDecodeError:
            found.append(each.data.decode(errors="replace"))
    return found


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
