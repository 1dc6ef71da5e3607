"""`lotse`: the door for operators. Each command stands in its own file and is named here."""

import typer

from cli import audit, cases, events, parked, replay, workflows
from cli.demo import demo
from cli.dev import dev
from cli.doctor import doctor
from cli.fleet import refresh, resume
from cli.reconcile import reconcile
from cli.token import token

app = typer.Typer(
    name="lotse",
    help="Lotse: event-sourced workflows for the lifecycles of integration cases.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with values of variables could show personal data
)


@app.callback()
def lotse() -> None:
    """Lotse: event-sourced workflows for the lifecycles of integration cases."""


app.command()(dev)
app.command()(demo)
app.command()(doctor)
app.command()(token)
app.command()(reconcile)
cases.app.command()(resume)
cases.app.command()(refresh)
app.add_typer(cases.app, name="cases")
app.add_typer(audit.app, name="audit")
app.add_typer(replay.app, name="replay")
app.add_typer(parked.app, name="parked")
app.add_typer(workflows.app, name="workflows")
app.add_typer(events.app, name="events")

if __name__ == "__main__":
    app()
