"""Every outcome translated: a receipt, a refusal, or "unknown, ask again with the same key"."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client

from domain.envelopes import Actor, Receipt, Submitted
from domain.refusals import Refusal
from domain.vocabulary import Role
from infra.dev_parts import free_port
from tests.workflows.test_case import Outcome, Script, Stage, stage
from workflows.client import CaseClient, OutcomeUnknownError, Refusing

PATIENCE = timedelta(seconds=1)


def front(case: Stage) -> CaseClient:
    return CaseClient(case.client, case.queue, PATIENCE)


def submitted(case: Stage, command_id: str, fingerprint: str = "f") -> Submitted:
    return Submitted(
        command_id=command_id,
        stream_id=case.case_id,
        actor=Actor(id="im-01", role=Role.MANAGER, provider="drk"),
        command={"kind": "RegisterPerson"},
        fingerprint=fingerprint,
    )


def receipt(script: Script, submission: dict[str, object]) -> Outcome:
    version = len(script.story) + 1
    given = {"case_id": submission["stream_id"], "version": version, "position": version, "events": []}
    return script.recorded(submission) | {"receipt": given, "fingerprint": submission["fingerprint"]}


async def test_a_recorded_command_gives_a_receipt(temporal_client: Client) -> None:
    async with stage(temporal_client) as case:
        case.script.steps["one"] = [lambda submission: receipt(case.script, submission)]

        answer = await front(case).submit(submitted(case, "one"))

        assert isinstance(answer, Receipt)
        assert answer.version == 1


async def test_a_refusal_is_a_value(temporal_client: Client) -> None:
    async with stage(temporal_client) as case:
        case.script.steps["one"] = [lambda submission: case.script.refused(submission) | {"fingerprint": "f"}]

        assert await front(case).submit(submitted(case, "one")) == Refusing(Refusal.NOT_ELIGIBLE, {})


async def test_other_content_under_a_key_that_temporal_still_remembers_is_refused(temporal_client: Client) -> None:
    async with stage(temporal_client) as case:
        case.script.steps["one"] = [lambda submission: receipt(case.script, submission)]
        await front(case).submit(submitted(case, "one"))

        answer = await front(case).submit(submitted(case, "one", fingerprint="other"))

        assert answer == Refusing(Refusal.DUPLICATE_COMMAND, {})


async def test_a_bug_makes_the_outcome_unknown_and_the_same_key_works_once_it_is_fixed(temporal_client: Client) -> None:
    async with stage(temporal_client) as case:
        script = case.script
        script.story = ["earlier"]
        script.steps["one"] = [script.bug, script.bug, lambda submission: receipt(script, submission)]

        with pytest.raises(OutcomeUnknownError):
            await front(case).submit(submitted(case, "one"))

        assert isinstance(await front(case).submit(submitted(case, "one")), Receipt)
        assert script.story == ["earlier", "one"]


async def test_without_a_worker_the_outcome_is_unknown_in_time_and_the_same_key_finds_it_later(
    temporal_client: Client,
) -> None:
    queue, case_id = f"test-{uuid4().hex}", f"case-{uuid4().hex}"
    nobody = Stage(temporal_client, Script(), queue, case_id)
    start = time.monotonic()

    with pytest.raises(OutcomeUnknownError):
        await front(nobody).submit(submitted(nobody, "one"))

    assert time.monotonic() - start < 3 * PATIENCE.total_seconds()
    async with stage(temporal_client, queue=queue) as case:
        case.script.steps["one"] = [lambda submission: receipt(case.script, submission)] * 2
        later = CaseClient(temporal_client, queue, timedelta(seconds=10))
        answer = await later.submit(submitted(nobody, "one"))

        assert isinstance(answer, Receipt)
        assert case.script.story == ["one"]


async def test_a_temporal_that_is_away_makes_the_outcome_unknown() -> None:
    client = await Client.connect(f"127.0.0.1:{free_port()}", lazy=True)
    away = Stage(client, Script(), "nowhere", "case-nowhere")

    with pytest.raises(OutcomeUnknownError):
        await front(away).submit(submitted(away, "one"))
