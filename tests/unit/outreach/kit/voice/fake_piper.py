"""A program that behaves as piper does at the command line, with a tone instead of a voice."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

_SOURCE = """#!{python}
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.unit.outreach.kit.sound.test_pcm import tone
from bluezone.outreach.kit.sound.pcm import as_wav
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
text = sys.stdin.read()
Path(options["--model"]).with_suffix(".heard").write_text(text, encoding="utf-8")
if "broken" in options["--model"]:
    sys.exit("Protobuf parsing failed")
Path(options["--output_file"]).write_bytes(as_wav(tone(0.02 * len(text.split()) + 0.5)))
"""


def write_fake_piper(folder: Path) -> Path:
    """Writes the program; its path."""
    root = Path(__file__).parents[5]
    program = folder / "piper"
    program.write_text(_SOURCE.format(python=sys.executable, root=str(root)), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def write_fake_voice(folder: Path, name: str = "voice.onnx") -> Path:
    """Writes a voice file with its settings; its path."""
    model = folder / name
    model.write_bytes(b"not a network")
    model.with_name(f"{name}.json").write_text('{"audio": {"sample_rate": 48000}}', encoding="utf-8")
    return model
