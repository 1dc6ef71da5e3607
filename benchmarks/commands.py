"""The command path: submit to receipt, sequential and in parallel, beside the floor; and from receipt until a read model shows it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg
from temporalio.client import Client
from uuid_utils import uuid7

from benchmarks.floor import QUEUE, FloorWorkflow
from benchmarks.measure import milliseconds, resident_mb, timed
from domain.envelopes import Actor, Receipt, Submitted
from domain.facts import RecordLanguageLevel
from domain.intake import RecordConsent, RecordRefusalOfData, RegisterPerson
from domain.story import Command
from domain.vocabulary import ConsentForm, ConsentScope, DataField, LanguageEvidence, LanguageLevel, Role
from infra.dev_servers import Running
from infra.postgres import async_pool, migrate
from infra.seals import AsyncKeyring
from infra.settings import master_key
from workflows.client import CaseClient, OutcomeUnknownError

ACTOR = Actor(id="im-01", role=Role.MANAGER, provider="drk")
# Facts and consents: what a case's day is made of. The language level opens a sealed birth date, as a rule does.
COMMANDS: Sequence[Command] = (
    RecordConsent(scope=ConsentScope.STATISTICS, form=ConsentForm.WRITTEN, language="ar"),
    RecordLanguageLevel(level=LanguageLevel.A2, evidence=LanguageEvidence.CERT_DTZ),
    RecordRefusalOfData(field=DataField.HEALTH),
)
BLOCK = 20
SETTLE_S = 0.2  # until the follower has told what the block recorded: its work must not meet the floor's
Action = Callable[[int], Awaitable[object]]


async def bench_commands(running: Running, *, cases: int, sequential: int, parallel: int) -> dict[str, Any]:
    """Opens `cases` cases and floors, then measures both in turns. All times are seen by the caller of `CaseClient.submit`."""
    migrate(running.database_url)
    client = await Client.connect(running.temporal_address)
    front = CaseClient(client, running.settings.task_queue)
    names = await _open(running, front, cases)
    floors = await _open_floors(client, cases)

    async def command(n: int) -> Receipt:
        asked = COMMANDS[n % len(COMMANDS)]
        answer = await front.submit(_submitted(names[n % cases], asked))
        if not isinstance(answer, Receipt):
            raise RuntimeError(f"refused: {answer.code}")
        return answer

    async def floor(n: int) -> object:
        handle = client.get_workflow_handle(floors[n % cases])
        return await handle.execute_update(FloorWorkflow.submit, {"command": COMMANDS[n % len(COMMANDS)].kind})

    for action in (command, floor):
        await _in_turn(action, 30)
    ours: list[float] = []
    theirs: list[float] = []
    for start in range(0, sequential, BLOCK):  # in turns, so that a change of the machine's mood meets both
        for action, times in ((command, ours), (floor, theirs)):
            times += [await timed(lambda n=n, action=action: action(n)) for n in range(start, start + BLOCK)]  # type: ignore[misc]
            await asyncio.sleep(SETTLE_S)
    rates: dict[str, list[float]] = {"command": [], "floor": []}
    for _ in range(3):
        rates["floor"].append(await _rate(floor, parallel, cases))
        rates["command"].append(await _rate(command, parallel, cases))
    sequentially = {"command": milliseconds(ours), "floor": milliseconds(theirs)}
    per_second = {name: round(max(each), 1) for name, each in rates.items()}
    visible = await _visible(running, command, seconds=10, per_second=min(100, int(per_second["command"] * 0.8)))
    return {
        "sequential": sequentially,
        "p50_ratio": round(sequentially["command"]["p50_ms"] / sequentially["floor"]["p50_ms"], 2),
        "p99_ratio": round(sequentially["command"]["p99_ms"] / sequentially["floor"]["p99_ms"], 2),
        "parallel_50_per_s": per_second,
        "throughput_ratio": round(per_second["command"] / per_second["floor"], 2),
        "receipt_to_visible": visible,
        "resident_mb": {
            name: resident_mb(running.pid(name)) for name in ("case-worker", "follower") if name in running.pids
        },
        "cases": cases,
    }


async def _open(running: Running, front: CaseClient, cases: int) -> list[str]:
    """Registers persons as the door does: a key each, the name and the birth date sealed."""
    names: list[str] = []
    async with async_pool(running.database_url, 8) as connections:
        keyring = AsyncKeyring(connections, master_key(running.settings))

        async def one(_: int) -> None:
            name, person = f"case-{uuid7()}", str(uuid7())
            asked = RegisterPerson(person_id=UUID(person), name="Bench Person", birth_date="1990-05-01")
            await keyring.create(person)
            submitted = _submitted(name, await keyring.seal_command(asked, name, person))
            while True:
                try:
                    await front.submit(submitted)
                except OutcomeUnknownError:  # a cold worker: ask again with the same key
                    continue
                break
            names.append(name)

        await _bounded(one, cases, 50)
    return names


async def _open_floors(client: Client, count: int) -> list[str]:
    names = [f"floor-{uuid7()}" for _ in range(count)]

    async def one(n: int) -> None:
        await client.start_workflow(FloorWorkflow.run, id=names[n], task_queue=QUEUE)

    await _bounded(one, count, 50)
    return names


def _submitted(case_id: str, command: Command) -> Submitted:
    return Submitted(
        command_id=str(uuid7()),
        stream_id=case_id,
        actor=ACTOR,
        command=command.model_dump(mode="json", exclude_none=True),
        fingerprint="bench",
    )


async def _in_turn(action: Action, count: int) -> None:
    for n in range(count):
        await action(n)


async def _bounded(action: Action, count: int, at_once: int) -> None:
    remaining = iter(range(count))

    async def lane() -> None:
        for n in remaining:
            await action(n)

    await asyncio.gather(*(lane() for _ in range(at_once)))


async def _rate(action: Action, at_once: int, count: int) -> float:
    start = time.perf_counter()
    await _bounded(action, count, at_once)
    return count / (time.perf_counter() - start)


async def _visible(
    running: Running, command: Callable[[int], Awaitable[Receipt]], seconds: int, per_second: int
) -> Any:
    """Commands at a steady rate; for each the time from its receipt until every live read model has reached its position."""
    waits: list[float] = []
    receipts: dict[int, float] = {}
    done = asyncio.Event()

    async def watch() -> None:
        connection = await psycopg.AsyncConnection.connect(running.database_url, autocommit=True)
        async with connection:
            while not done.is_set() or receipts:
                row = await (await connection.execute("SELECT min(position) FROM read_model WHERE live")).fetchone()
                now = time.perf_counter()
                for position in [each for each in receipts if row and each <= row[0]]:
                    waits.append(now - receipts.pop(position))
                await asyncio.sleep(0.002)

    async def one(n: int) -> None:
        receipt = await command(n)
        receipts[receipt.position] = time.perf_counter()

    watching = asyncio.create_task(watch())
    tasks = []
    start = time.perf_counter()
    for n in range(seconds * per_second):
        await asyncio.sleep(max(0.0, start + n / per_second - time.perf_counter()))
        tasks.append(asyncio.create_task(one(n)))
    await asyncio.gather(*tasks)
    done.set()
    await watching
    return {"commands_per_s": round(len(tasks) / (time.perf_counter() - start), 1), **milliseconds(waits)}
