"""`lotse dev` without processes of ours, so that its own behaviour can be seen alone."""

import asyncio

from rich.console import Console

from cli.dev import run_until_stopped
from infra.settings import load_settings

if __name__ == "__main__":
    asyncio.run(run_until_stopped(load_settings(), Console(width=200), free_ports=True, processes=()))
