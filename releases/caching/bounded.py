"""Things that are kept while there is room for them."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing")


class Bounded(Generic[Thing]):
    """Things of `most` in all, in the unit of `size_of`, each counting as one without it. The one that was asked for longest ago goes
    first. Several threads may ask and put."""

    def __init__(self, most: int, size_of: Callable[[Thing], int] = lambda _thing: 1) -> None:
        self.most, self.size_of, self.size = most, size_of, 0
        self._things: OrderedDict[Hashable, Thing] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, otherwise: Any = None) -> Thing | Any:
        """The thing under `key`, or else `otherwise`."""
        with self._lock:
            thing = self._things.get(key, otherwise)
            if thing is not otherwise:
                self._things.move_to_end(key)
            return thing

    def put(self, key: Hashable, thing: Thing) -> None:
        size = self.size_of(thing)
        with self._lock:
            if key in self._things:
                self.size -= self.size_of(self._things.pop(key))
            if size > self.most:  # it would push out all others, and itself
                return
            self._things[key] = thing
            self.size += size
            while self.size > self.most:
                self.size -= self.size_of(self._things.popitem(last=False)[1])

    def clear(self) -> None:
        with self._lock:
            self._things.clear()
            self.size = 0
