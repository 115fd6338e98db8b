"""Many browsers over plain sockets in one thread: asking costs little, so what is measured is the answering."""

import re
import selectors
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

PER_CONNECTION = 20
"""Requests of one connection: with new ones now and then, both workers get their share."""
LONGEST_SECONDS = 120.0
AT_LEAST = 5
"""Answers that are measured, however long they take."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Ask:
    """A request, and what its answer has to be."""

    request: bytes
    status: int = 200
    markers: tuple[bytes, ...] = ()

    def wrong(self, answer: bytes) -> str:
        """What is wrong with an answer; empty when nothing is."""
        if not answer:
            return "no answer"
        if int(answer[9:12]) != self.status:
            return f"{answer[9:12].decode()} instead of {self.status} for {self._path()}"
        missing = [marker for marker in self.markers if marker not in answer]
        return f"{missing[0].decode()!r} is not in {self._path()}" if missing else ""

    def _path(self) -> str:
        return self.request.split(b" ", 2)[1].decode()


@dataclass
class Round:
    """What came of asking for a while."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    right: int = 0
    """Answers as they should be, the warm-up's too."""
    wrong: list[str] = field(default_factory=list)


@dataclass
class _Line:
    port: int
    door: socket.socket | None = None
    left: int = 0
    ask: Ask = Ask(b"")
    began: float = 0.0
    got: bytearray = field(default_factory=bytearray)
    length: int = -1

    def send(self, asks: Iterator[Ask], waiting: selectors.BaseSelector) -> bool:
        """Ask the next thing; whether there was one."""
        ask = next(asks, None)
        if ask is None:
            return False
        self.ask, self.began, self.length = ask, time.perf_counter(), -1
        self.got.clear()
        if not self.left:
            self.close(waiting)
            self.door = socket.create_connection(("127.0.0.1", self.port), LONGEST_SECONDS)
            self.door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(self.door, selectors.EVENT_READ, self)
            self.left = PER_CONNECTION
        self.left -= 1
        assert self.door is not None
        with suppress(ConnectionError):  # then there is no answer either
            self.door.sendall(ask.request)
        return True

    def receive(self) -> bytes | None:
        """The whole answer; empty when the line was cut, None while there is more to come."""
        assert self.door is not None
        part = b""
        with suppress(ConnectionError):
            part = self.door.recv(1 << 18)
        if not part:
            self.left = 0
            return b""
        self.got += part
        if self.length < 0:
            self._measure()
        return bytes(self.got) if 0 <= self.length <= len(self.got) else None

    def close(self, waiting: selectors.BaseSelector) -> None:
        if self.door is not None:
            waiting.unregister(self.door)
            self.door.close()
            self.door = None

    def _measure(self) -> None:
        end = self.got.find(_END)
        if end >= 0:
            head = bytes(self.got[: end + 2])
            found = _LENGTH.search(head)
            if found is None:
                raise RuntimeError(f"an answer without its length: {head[:200]!r}")
            self.length = end + len(_END) + int(found[1])


def ask_for(
    port: int, asks: Iterator[Ask], clients: int, seconds: float, warm_up: float = 0.0
) -> Round:
    """Let so many clients ask one thing after the other, until the time is over or there is nothing left to ask.

    What was asked during the warm-up is checked, but not counted.
    """
    done, counted_from = Round(), time.perf_counter() + warm_up
    until = counted_from + seconds

    def going() -> bool:
        now = time.perf_counter()
        short = len(done.times) < AT_LEAST and not done.wrong
        return now < until or (short and now < until + LONGEST_SECONDS)

    for line, answer in _answers(port, asks, clients, going):
        fault = line.ask.wrong(answer)
        if fault:
            done.wrong.append(fault)
        else:
            done.right += 1
        if line.began >= counted_from:
            now = time.perf_counter()
            done.times.append(now - line.began)
            done.seconds = now - counted_from
    return done


def fetch(port: int, asks: Iterable[Ask], clients: int = 4) -> list[tuple[Ask, bytes]]:
    """Every answer, for what it says; the order may be another."""
    found = _answers(port, iter(asks), clients, lambda: True)
    return [(line.ask, answer) for line, answer in found]


def _answers(
    port: int, asks: Iterator[Ask], clients: int, going: Callable[[], bool]
) -> Iterator[tuple[_Line, bytes]]:
    lines = [_Line(port) for _ in range(clients)]
    with selectors.DefaultSelector() as waiting:
        busy = {id(line): line for line in lines if line.send(asks, waiting)}
        while busy:
            ready = [key.data for key, _events in waiting.select(LONGEST_SECONDS)]
            if not ready:
                yield from ((line, b"") for line in busy.values())
                break
            for line in ready:
                answer = line.receive()
                if answer is not None:
                    yield line, answer
                    if not (going() and line.send(asks, waiting)):
                        del busy[id(line)]
        for line in lines:
            line.close(waiting)
