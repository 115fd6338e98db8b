from collections.abc import Callable

class LazyString(str):
    def __init__(self, func: Callable[[str], str], text: str) -> None: ...
