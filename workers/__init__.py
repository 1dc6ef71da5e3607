"""The processes: wiring only. Nothing imports this room."""
