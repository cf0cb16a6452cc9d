"""Errors of the demo, each with a stable code and a sentence for the presenter.

DemoError
├── TooManyCodes   as many codes as the staff page shows were issued
└── FeedFull       too many maps are open at once
"""

from __future__ import annotations

from bluezone.sim.errors import SimError


class DemoError(SimError):
    """The demo cannot do what a page asked for."""

    code = "demo"


class TooManyCodes(DemoError):
    """The demo has issued as many codes as it shows; start it anew for more."""

    code = "demo-too-many-codes"


class FeedFull(DemoError):
    """Too many maps are open at once; this one still works by reloading."""

    code = "demo-feed-full"
