"""Errors of the public site: one family, a stable code each, a sentence for the operator who reads it.

SiteError
├── KitUnreadable         a kit's folder or manifest cannot be used
├── KitElsewhere          what a kit prints does not lead to this site
├── InstallFileInvalid    the file of systems cannot be used
├── SiteSettingsInvalid   `site.toml`, or a file that it names, cannot be used
├── ReleaseInvalid        the folder of downloads does not prove itself
└── BenchUnavailable      pages cannot be measured on this machine
"""

from __future__ import annotations


class SiteError(Exception):
    """Something that the public site needs is missing or wrong."""

    code = "site"


class KitUnreadable(SiteError):
    """A commune's kit cannot be shown: its manifest is missing, too long or not as it should be."""

    code = "site-kit"


class KitElsewhere(SiteError):
    """The address and QR code on a commune's materials do not lead to its page of this site."""

    code = "site-kit-elsewhere"


class InstallFileInvalid(SiteError):
    """The file that lists the systems on which Bluezone runs is not as it should be."""

    code = "site-install-file"


class SiteSettingsInvalid(SiteError):
    """The settings of the public site, or a file that they name, are not as they should be."""

    code = "site-settings"


class ReleaseInvalid(SiteError):
    """The downloads do not match their checksums, or the checksums their signature: nothing is offered."""

    code = "site-release"


class BenchUnavailable(SiteError):
    """Measuring pages needs chromium and the package playwright."""

    code = "site-bench"
