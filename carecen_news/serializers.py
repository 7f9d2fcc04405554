"""Store values in the shared cache as JSON. Pickle would let anyone who can write to Redis run code."""

import json
from typing import Any

from redis.exceptions import DataError


class JSONSerializer:
    """A serializer for Django's Redis cache.

    Integers are stored as they are, so that Redis can increment them.
    """

    def dumps(self, value: Any) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise DataError("Redis has a value that isn't JSON.") from error
