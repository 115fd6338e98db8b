"""The foreign files that are kept here are those that their list says, to the last byte."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.code.sources import PACKAGE, ROOT

VENDORS = (PACKAGE / "static" / "vendor", ROOT / "tests" / "browser" / "vendor")
in_every_folder = pytest.mark.parametrize(
    "vendor", VENDORS, ids=lambda folder: folder.relative_to(ROOT).as_posix()
)


def differences(folder: Path) -> list[str]:
    """How the files differ from the list, either way."""
    packages = json.loads((folder / "vendor.json").read_text("utf-8"))
    listed = {file["path"]: file["sha256"] for package in packages for file in package["files"]}
    kept = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "vendor.json"
    }
    return [
        *(f"{name} is not in the list" for name in sorted(kept.keys() - listed.keys())),
        *(f"{name} is missing" for name in sorted(listed.keys() - kept.keys())),
        *(f"{n} was changed" for n in sorted(kept.keys() & listed.keys()) if kept[n] != listed[n]),
    ]


@in_every_folder
def test_the_vendored_files_are_those_of_the_list(vendor: Path) -> None:
    assert differences(vendor) == []


@in_every_folder
def test_every_vendored_package_tells_its_name_version_and_licence(vendor: Path) -> None:
    packages = json.loads((vendor / "vendor.json").read_text("utf-8"))
    assert packages
    for package in packages:
        assert package["name"]
        assert package["version"]
        assert package["licence"]
        assert any("LICEN" in file["path"].upper() for file in package["files"]), package["name"]
