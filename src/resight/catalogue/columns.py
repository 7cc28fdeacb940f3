"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from urllib.parse import quote_from_bytes, unquote_to_bytes

from sqlalchemy import BigInteger, DateTime, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """A moment, stored in UTC without a zone; comes back aware."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """To UTC, without its zone."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """As a moment in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class CameraTime(TypeDecorator[datetime]):
    """The time a camera or a table states, as ISO 8601 text: most cameras know no zone, some do."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """To text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """With a zone only where one was stated."""
        return None if value is None else datetime.fromisoformat(value)


class Bits64(TypeDecorator[int]):
    """64 bits as an unsigned number; databases have signed ones only."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, _dialect: Dialect) -> int | None:
        """To the signed number with the same bits."""
        return None if value is None else value - (1 << 64) if value >> 63 else value

    def process_result_value(self, value: int | None, _dialect: Dialect) -> int | None:
        """To the unsigned number with the same bits."""
        return None if value is None else value % (1 << 64)


class FileName(TypeDecorator[str]):
    """A path as the operating system gives it; one that is not UTF-8 is kept as `file:` and %-codes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """To text that every database takes."""
        if value is None or (value.isprintable() and not value.startswith("file:")):
            return value
        return "file:" + quote_from_bytes(os.fsencode(value))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """To the path that opens the file."""
        if value is None or not value.startswith("file:"):
            return value
        return os.fsdecode(unquote_to_bytes(value.removeprefix("file:")))
