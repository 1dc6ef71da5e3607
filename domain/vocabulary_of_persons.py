"""The code lists of families and of identity. All code lists are taken from `domain.vocabulary`."""

from enum import StrEnum


class Relation(StrEnum):
    """How somebody belongs to a household, seen from its person of reference."""

    REFERENCE = "REFERENCE"
    PARTNER = "PARTNER"
    CHILD = "CHILD"
    PARENT = "PARENT"
    SIBLING = "SIBLING"
    OTHER = "OTHER"


class MergeEvidence(StrEnum):
    """What shows that two registered persons are one. A similar name is no evidence."""

    SAME_DOCUMENT = "SAME_DOCUMENT"
    AUTHORITY = "AUTHORITY"
    CLIENT = "CLIENT"
