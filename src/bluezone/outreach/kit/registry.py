"""Who builds which item; a builder's module is imported when one of its items is built."""

from __future__ import annotations

import importlib

from bluezone.outreach.kit.job import PACKAGE, ItemBuilder

# item -> module of this package; each has an object BUILDER that fulfils `ItemBuilder`.
MODULES = {
    "index": "print_items",
    "templates": "office.documents",
    "audio": "audio_item",
    "persuasion": "print_items",
    "leaflet": "print_items",
    "video-install": "video_items",
    "poster": "print_items",
    "faq": "print_items",
    "video-8": "video_items",
    "video-15": "video_items",
    "video-30": "video_items",
    "banner": "print_items",
    "introduction": "office.slides",
    "standee": "print_items",
}


def builder_of(item_id: str) -> ItemBuilder:
    """The builder of an item."""
    builder: ItemBuilder = importlib.import_module(f"{PACKAGE}.{MODULES[item_id]}").BUILDER
    return builder
