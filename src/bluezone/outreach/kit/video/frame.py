"""The two shapes of a film, and the one way in which every part of it is encoded.

Parts are joined without being encoded again, so body and closing card must have the same parameters:
H.264 High 4.0, yuv420p, 25 frames a second, no B-frames, so that every part begins at its first frame.
"""

from __future__ import annotations

from dataclasses import dataclass

FPS = 25
VIDEO_CODEC = (
    "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-profile:v", "high", "-level:v", "4.0",
    "-pix_fmt", "yuv420p", "-bf", "0", "-g", "50", "-sc_threshold", "0", "-r", str(FPS),
    "-video_track_timescale", "12800",
)  # fmt: skip
# One channel becomes two at 3 dB less each, which is as loud as before. The fast search takes a third of the
# time of the thorough one, and at this rate speech leaves it nothing to find.
AUDIO_CODEC = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "128k", "-ac", "2", "-ar", "48000")
# From full-range RGB stills to what televisions expect; once for each still, before it is repeated.
TO_VIDEO_COLOURS = "scale=in_range=full:out_range=tv:out_color_matrix=bt709"
MARKED_COLOURS = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
CLOSING_COLOUR = "0x0b5cad"  # the ground of the closing card: the body fades into it


@dataclass(frozen=True, slots=True)
class Frame:
    """A shape.

    Attributes:
        name: as the layout calls it.
        width: pixels.
        height: pixels.
        rise: how far a picture rises when its scene begins, pixels.
    """

    name: str
    width: int
    height: int
    rise: int

    @property
    def size(self) -> str:
        """As it stands in file names."""
        return f"{self.width}x{self.height}"

    @property
    def safe_mm(self) -> float:
        """How far letters stay from the edge of a still, one point to a pixel: 5 %, as for television."""
        return 0.05 * min(self.width, self.height) * 25.4 / 72


WIDE = Frame("wide", 1920, 1080, 60)
TALL = Frame("tall", 1080, 1920, 80)
FRAMES = (WIDE, TALL)
