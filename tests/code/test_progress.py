"""docs/progress.md claims requirement numbers as proven; a claim needs a test that names the number."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"\b(?:S\d-\d{2,3}|X-\d{2}|C\d{1,2})\b")
RANGE = re.compile(r"\b(S\d-|X-|C)(\d{1,3})…(?:S\d-|X-|C)?(\d{1,3})\b")


def numbers_in(text: str) -> set[str]:
    """Every requirement number, ranges such as S1-31…S1-52 spelled out."""
    found = set(NUMBER.findall(text))
    for prefix, first, last in RANGE.findall(text):
        found |= {f"{prefix}{number:0{len(first)}}" for number in range(int(first), int(last) + 1)}
    return found


def claimed() -> list[str]:
    progress = (ROOT / "docs" / "progress.md").read_text()
    proven = progress.split("## Proven", 1)[1].split("\n## ", 1)[0]
    return sorted(numbers_in(proven))


def named_by_tests() -> set[str]:
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)]
    return set().union(*(numbers_in(path.read_text()) for path in files))


def test_something_is_claimed() -> None:
    assert len(claimed()) > 40


@pytest.mark.parametrize("number", claimed())
def test_a_proven_requirement_is_named_by_a_test(number: str) -> None:
    assert number in named_by_tests(), f"no test names {number}"
