"""A tree of hashes: every leaf leads to the root by its own path, and nothing else does."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import merkle

contents = st.lists(st.binary(max_size=8), min_size=1, max_size=40, unique=True)


@given(contents)
def test_every_leaf_leads_to_the_root_by_its_path(said: list[bytes]) -> None:
    leaves = [merkle.leaf(each) for each in said]
    assert all(merkle.root_from(each, merkle.path(leaves, n)) == merkle.root(leaves) for n, each in enumerate(leaves))


@given(contents, st.data())
def test_no_other_leaf_does(said: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf(each) for each in said]
    n = data.draw(st.integers(0, len(leaves) - 1))
    foreign = merkle.leaf(b"".join(said) + b"!")
    assert merkle.root_from(foreign, merkle.path(leaves, n)) != merkle.root(leaves)


@given(contents, st.data())
def test_whoever_adds_or_takes_away_or_swaps_a_leaf_gets_another_root(said: list[bytes], data: st.DataObject) -> None:
    leaves = [merkle.leaf(each) for each in said]
    n = data.draw(st.integers(0, len(leaves) - 1))
    assert merkle.root([*leaves, merkle.leaf(b"more")]) != merkle.root(leaves)
    assert merkle.root(leaves[:n] + leaves[n + 1 :]) != merkle.root(leaves)
    if n:
        swapped = [*leaves[: n - 1], leaves[n], leaves[n - 1], *leaves[n + 1 :]]
        assert merkle.root(swapped) != merkle.root(leaves)


def test_a_tree_of_nothing_has_a_root_too() -> None:
    assert merkle.root([]) == sha256(b"").digest()


def test_a_leaf_that_is_not_there_has_no_path() -> None:
    with pytest.raises(IndexError):
        merkle.path([merkle.leaf(b"one")], 1)


def test_a_neighbour_stands_left_or_right() -> None:
    with pytest.raises(ValueError, match="left or right"):
        merkle.root_from(merkle.leaf(b"one"), [("above", "00")])
