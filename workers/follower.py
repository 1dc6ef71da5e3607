"""The follower: keeps the read models up with the events."""

import signal
from threading import Event

import structlog

from infra import logging, postgres
from infra.settings import database_url, load_settings
from projections.follow import follow

log = structlog.get_logger(__name__)


def main() -> None:
    settings = load_settings()
    logging.configure(settings, "follower")
    url = database_url(settings)
    stop = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    postgres.migrate(url)
    follow(url, stop)
    log.info("follower_stopped")


if __name__ == "__main__":
    main()
