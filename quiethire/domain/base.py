"""The base of every model that crosses a seam."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value. Unknown fields are refused, so that a misspelt one never passes silently.

    What was refused is in no message: it may be of a person, and messages stand in logs and in Temporal's history.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
