"""What the address of a list asks for."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.parsing import CURSOR


class Narrowing(BaseModel):
    """A form sends an empty text where nothing is chosen. `after`: where the page before ended."""

    model_config = ConfigDict(extra="ignore")
    path: ClassVar[str]

    after: str | None = Field(default=None, pattern=CURSOR)

    @field_validator("*", mode="before")
    @classmethod
    def _nothing_chosen(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def narrowed(self) -> bool:
        return self.model_copy(update={"after": None}) != type(self)()

    def address(self, **changes: Any) -> str:
        """The address of this list with something changed, from its beginning unless `after` is given."""
        wanted = self.model_dump(mode="json", exclude_defaults=True) | {"after": None, **changes}
        query = urlencode({name: "true" if value is True else value for name, value in wanted.items() if value})
        return f"{self.path}?{query}" if query else self.path


def with_chosen(choices: list[str], chosen: str | None) -> list[str]:
    """What is asked for stands in the form, even where no case has it."""
    return choices if chosen is None or chosen in choices else sorted([*choices, chosen])
