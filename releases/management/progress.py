"""Show the progress of a long command, in a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def show_progress() -> Iterator[Callable[[str, int], None]]:
    """Yield a function that is called for each finished part. Nothing is shown if stderr isn't a terminal."""
    with tqdm(unit=" parts", disable=not sys.stderr.isatty(), leave=False) as bar:

        def update(name: str, _amount: int) -> None:
            bar.set_postfix_str(name[-40:], refresh=False)
            bar.update()

        yield update
