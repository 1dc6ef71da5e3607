"""The rules of a case. Pure: no clock, no ids, no I/O; pydantic and the standard library only."""
