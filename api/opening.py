"""Sealed values on a page: opened at once for those who may see them, and in words where they can't be read."""

from collections.abc import Sequence

from api.access import Action, may
from api.house import House
from api.language import translate
from domain.envelopes import Actor
from infra.seals import SealBrokenError

Sealed = tuple[str, str, str]
"""Stream id, label, token."""


class Opened:
    """The texts of sealed values: `opened(token)` is what to show in its place."""

    def __init__(self, language: str, texts: dict[str, str | None], otherwise: str) -> None:
        self._language = language
        self._texts = texts
        self._otherwise = otherwise

    def __call__(self, token: str) -> str:
        text = self._texts.get(token)
        return text if text is not None else translate(self._language, self.why_not(token) or "none")

    def text(self, token: str | None) -> str | None:
        """The text itself, if it can be read."""
        return self._texts.get(token) if token else None

    def why_not(self, token: str) -> str | None:
        """The message id that says why a value can't be read; None when it can."""
        if self._texts.get(token) is not None:
            return None
        return "sealed.destroyed" if token in self._texts else self._otherwise


async def opened(house: House, language: str, actor: Actor, provider: str, sealed: Sequence[Sealed]) -> Opened:
    """Opens values of cases of one provider with one query; those that were altered are told from those whose key is gone."""
    if not may(actor, Action.SEE_PERSONAL, provider):
        return Opened(language, {}, "sealed.hidden")
    try:
        clear = await house.keyring.open_many(sealed)
        return Opened(language, {each[2]: text for each, text in zip(sealed, clear, strict=True)}, "sealed.broken")
    except SealBrokenError:
        return Opened(language, await _each_by_itself(house, sealed), "sealed.broken")


async def _each_by_itself(house: House, sealed: Sequence[Sealed]) -> dict[str, str | None]:
    texts: dict[str, str | None] = {}
    for each in sealed:
        try:
            [texts[each[2]]] = await house.keyring.open_many([each])
        except SealBrokenError:
            continue
    return texts
