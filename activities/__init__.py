"""The doing: the one writer of stories, and what else touches the world."""
