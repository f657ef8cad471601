"""The base of every model that crosses a seam."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value. Unknown fields are refused, so that a misspelt one never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")
