"""A public site over folders made for a test: kits of a few small files, a signed release, a still clock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar
from PIL import Image, ImageDraw

from bluezone.clock import ManualClock
from bluezone.outreach.activity import ActivitySource
from bluezone.outreach.kit.job import BuiltFile
from bluezone.outreach.kit.manifest import Manifest, Missing, write_manifest
from bluezone.outreach.kit.signing import public_pem
from bluezone.outreach.site.install_file import parse_systems
from bluezone.outreach.site.pages import SitePages
from bluezone.outreach.site.preview import Previews
from bluezone.outreach.site.release import ReleaseShelf
from bluezone.outreach.site.routes import PACKAGE, site_handlers
from bluezone.outreach.site.shelf import KitShelf
from bluezone.outreach.site.totals import TotalsSource
from bluezone.web.site import create_site

ADDRESS = "https://bluezone.example"
SYSTEMS = Path("src/bluezone/outreach/site/systems.toml")
UNIT = {
    "id": "gia-nghia",
    "kind": "ward",
    "name": {"vi": "Phường Bắc Gia Nghĩa", "en": "Bac Gia Nghia Ward"},
    "parent": {"vi": "Tỉnh Lâm Đồng", "en": "Lam Dong Province"},
    "national_hotline": "1900 9095",
    "province_hotline": "0263 000 0000",
}
_SHEET = b"#set page(width: 210mm, height: 297mm)\n= Bluezone\n#lorem(60)"


def picture(width: int, height: int) -> bytes:
    """A PNG with something on it."""
    image = Image.new("RGB", (width, height), "#0b5cad")
    ImageDraw.Draw(image).ellipse((width // 4, height // 4, width // 2, height // 2), fill="white")
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def small_files() -> dict[str, bytes]:
    """Item and name to content: a PDF, pictures, a sound, an office file."""
    sheet = typst.compile(_SHEET)
    files = {
        f"{name.format(language)}": content
        for language in ("vi", "en")
        for name, content in {
            "index/index-{}.pdf": sheet,
            "templates/letter-{}.docx": b"PK letter " * 50,
            "leaflet/leaflet-a5-{}.pdf": sheet + b"\n%leaflet",
            "poster/poster-a3-{}.pdf": sheet + b"\n%poster",
            "poster/poster-a3-{}.png": picture(900, 1270),
            "banner/banner-1200x628-{}.png": picture(1200, 628),
        }.items()
    }
    return files | {
        "audio/loudspeaker-vi.mp3": bytes(range(256)) * 40,
        "audio/loudspeaker-vi.txt": "Kính thưa…".encode(),
    }


def make_kit(
    folder: Path,
    key: Ed25519PrivateKey,
    unit: Mapping[str, object] | None = None,
    files: Mapping[str, bytes] | None = None,
    missing: tuple[str, ...] = ("video-30",),
) -> Path:
    """A finished kit in a folder of its own."""
    unit = {**UNIT, **(unit or {})}
    unit.setdefault("address", f"{ADDRESS}/{unit['id']}")
    home = folder / str(unit["id"])
    built = []
    for path, content in (small_files() if files is None else files).items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(content)
        item = path.split("/", maxsplit=1)[0]
        built.append(BuiltFile(item, path, len(content), hashlib.sha256(content).hexdigest()))
    gone = tuple(Missing(one, "vi", "program-missing", "install ffmpeg") for one in missing)
    home.mkdir(parents=True, exist_ok=True)
    write_manifest(home, Manifest(dict(unit), ("vi", "en"), tuple(built), gone), key)
    return home


def make_release(folder: Path, key: Ed25519PrivateKey) -> Path:
    """A folder of downloads with checksums and their signature."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "bluezone-0.1.0-py3-none-any.whl": b"PK wheel " * 40_000,
        "region.toml": b'name = "Gia Ngh\xc4\xa9a"\n',
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()
    ).encode()
    (folder / "SHA256SUMS").write_bytes(sums)
    (folder / "SHA256SUMS.sig").write_bytes(key.sign(sums))
    (folder / "bluezone.pem").write_bytes(public_pem(key.public_key()))
    return folder


def make_pages(
    kits: Path | None,
    release: Path | None,
    *,
    key: Ed25519PrivateKey | None = None,
    clock: ManualClock | None = None,
    activity: ActivitySource | None = None,
    totals: TotalsSource | None = None,
    previews: Path | None = None,
) -> SitePages:
    """The state of a site over these folders."""
    clock = clock or ManualClock(1_790_000_000.0)
    return SitePages(
        address=ADDRESS,
        publisher="Văn phòng thử nghiệm",
        region_name="Gia Nghĩa",
        hotline="1900 9095",
        province_hotline="0263 000 0000",
        utc_offset_minutes=420,
        kits=KitShelf(
            kits, key=key.public_key() if key else None, address=ADDRESS, monotonic=clock.monotonic
        ),
        releases=ReleaseShelf(release, monotonic=clock.monotonic),
        systems=parse_systems(SYSTEMS.read_bytes()),
        previews=Previews(previews),
        activity=activity,
        totals=totals,
    )


def make_site(pages: SitePages) -> Litestar:
    """The site, as an app of its own."""
    return create_site(site_handlers(), {"site": PACKAGE}, names=["bluezone.example"], state={"site": pages})
