"""The list of systems: the one that is shipped, and every way in which an operator's own may be wrong."""

from __future__ import annotations

import pytest

from bluezone.outreach.site.errors import InstallFileInvalid
from bluezone.outreach.site.install_file import MAX_FILE_LENGTH, Step, parse_systems
from tests.unit.outreach.site.sample import SYSTEMS

GOOD = """
[[system]]
id = "linux"
state = "works"
name = { vi = "Máy Linux", en = "Linux" }
says = { vi = "Chạy.", en = "Runs." }
[[system.step]]
says = { vi = "Cài.", en = "Install." }
commands = ["pip install ./{wheel}"]
"""


def test_the_shipped_list_promises_no_app() -> None:
    states = {system.id: system.state for system in parse_systems(SYSTEMS.read_bytes())}
    assert states["android"] == states["iphone"] == "not-yet"
    assert "works" not in states.values(), "nothing has been proven on hardware yet"


def test_the_program_is_only_installed_from_the_downloads() -> None:
    """A name alone would fetch somebody else's package of the same name."""
    lines = [
        line for one in parse_systems(SYSTEMS.read_bytes()) for step in one.steps for line in step.commands
    ]
    installing = [line for line in lines if "install" in line and "bluezone" in line.lower()]
    assert installing
    assert all("./{wheel}" in line for line in installing)


def test_an_own_list_is_read_also_from_notepad() -> None:
    (system,) = parse_systems(b"\xef\xbb\xbf" + GOOD.encode())
    assert system.name["vi"] == "Máy Linux"
    assert system.steps[0].filled({"wheel": "b.whl"}) == Step(system.steps[0].says, ("pip install ./b.whl",))


WRONG = {
    "a single table": ("[[system]]", "[system]", "must be at most 20 tables"),
    "an unknown state": ('"works"', '"soon"', "'soon' is none of works"),
    "steps for what is not there": ('"works"', '"not-yet"', "steps exactly when"),
    "no English": (', en = "Linux"', "", "linux.name must be"),
    "an empty text": ('"Runs."', '" "', "linux.says.en must be one line"),
    "a long text": ('"Runs."', f'"{"x" * 601}"', "at most 600"),
    "two lines": ('"Runs."', '"a\\nb"', "one line"),
    "an unknown slot": ("{wheel}", "{password}", "{password} is none of"),
    "an id for a path": ('"linux"', '"../x"', "small letters"),
    "an unknown entry": ("state =", "stats =", "unknown entry 'stats'"),
    "commands as text": ('["pip install ./{wheel}"]', '"pip"', "must be a list"),
    "a step that is a number": ("[[system.step]]\nsays", "step = [7]\nsays2", "at most 12 tables|unknown"),
    "not TOML": ("[[system]]", "[[system", "not TOML"),
}


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_list_is_refused_with_a_sentence(old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    with pytest.raises(InstallFileInvalid, match=sentence):
        parse_systems(GOOD.replace(old, new, 1).encode())


def test_two_systems_of_one_name_a_long_file_and_no_text_are_refused() -> None:
    for content in ((GOOD * 2).encode(), b"#" * (MAX_FILE_LENGTH + 1), b"\xff\xfe", b"", b"x = 1"):
        with pytest.raises(InstallFileInvalid):
            parse_systems(content)
