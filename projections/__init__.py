"""The retelling: each read model is one file named after the question it answers, and a pure fold of one story into rows."""
