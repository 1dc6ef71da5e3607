"""A Merkle tree in the way of RFC 6962: leaves and nodes are hashed apart, and a lone node moves up as it is."""

from collections.abc import Sequence
from hashlib import sha256

Path = list[tuple[str, str]]
"""From a leaf to the root: on which side ("left" or "right") the neighbour stands, and its hash (hex)."""


def leaf(content: bytes) -> bytes:
    return sha256(b"\x00" + content).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashed leaves; that of no leaf is the hash of nothing."""
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else sha256(b"").digest()


def path(leaves: Sequence[bytes], index: int) -> Path:
    """The neighbours with which the leaf at `index` leads to the root. Raises IndexError where there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, steps = list(leaves), Path()
    while len(level) > 1:
        neighbour = index ^ 1
        if neighbour < len(level):
            steps.append(("left" if neighbour < index else "right", level[neighbour].hex()))
        level, index = _above(level), index // 2
    return steps


def root_from(hashed: bytes, steps: Path) -> bytes:
    """Where a hashed leaf leads to on its path. Raises ValueError on a path that is none."""
    for side, neighbour in steps:
        other = bytes.fromhex(neighbour)
        if side not in ("left", "right"):
            raise ValueError("a neighbour stands left or right")
        hashed = _node(other, hashed) if side == "left" else _node(hashed, other)
    return hashed


def _above(level: Sequence[bytes]) -> list[bytes]:
    paired = [_node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return [*paired, level[-1]] if len(level) % 2 else paired


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
