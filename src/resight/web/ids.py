"""Numbers of rows, as they come in from outside: no database takes larger ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Id = Annotated[int, Field(ge=1, lt=2**31)]
