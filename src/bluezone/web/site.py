"""The factory of a local site: templates, assets, language, CSRF protection and the guard around it.

Decides nothing about pages; each face passes its own handlers and the packages that hold its templates.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig
from litestar.types import ControllerRouterHandler

from bluezone.web.assets import Assets, asset_file
from bluezone.web.guard import LOOPBACK_NAMES, Guard
from bluezone.web.page import failure_page

MAX_FORM_BYTES = 16_384
_OWN_PACKAGE = "bluezone.web"
Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class FormProtection:
    """How forms are kept from being sent by other sites.

    Attributes:
        secret: signs the tokens; one that is kept lets a form that was open over a restart be sent.
        cookie_name: cookies do not know ports: a name of its own keeps the token of another run away.
        is_secure: whether the cookie needs TLS.
        max_form_bytes: of a form; a page that takes files says a larger limit for itself.
    """

    secret: str
    cookie_name: str
    is_secure: bool = False
    max_form_bytes: int = MAX_FORM_BYTES

    def __repr__(self) -> str:
        return f"FormProtection({self.cookie_name})"


def create_site(
    handlers: Sequence[ControllerRouterHandler],
    packages: Mapping[str, str],
    *,
    names: Collection[str] = (),
    lifespan: Sequence[Lifespan] = (),
    state: Mapping[str, Any] | None = None,
    dependencies: Mapping[str, Provide] | None = None,
    protection: FormProtection | None = None,
) -> Litestar:
    """A site for this machine.

    Args:
        handlers: of its pages.
        packages: group of assets to the package that holds `templates` and `static`.
        names: host names besides the loopback ones under which it answers, without port.
        lifespan: what runs as long as the site.
        state: what handlers find in `request.app.state`.
        dependencies: what handlers may ask for.
        protection: of forms; None for one that lasts as long as this run.
    """
    packages = {"web": _OWN_PACKAGE, **packages}
    guarded = protection or FormProtection(secrets.token_hex(32), f"csrf-{secrets.token_hex(4)}")
    csrf = CSRFConfig(
        secret=guarded.secret,
        cookie_name=guarded.cookie_name,
        # The whole site: a narrower path would let every page outside of it replace the token.
        cookie_path="/",
        cookie_secure=guarded.is_secure,
        # Not strict: who follows a link from a mail comes without a strict cookie, and the new token would
        # make every form that is already open unsendable. Token and guard of origins protect as before.
        cookie_samesite="lax",
        cookie_httponly=True,
    )
    site = Litestar(
        route_handlers=[asset_file, *handlers],
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(_environment(tuple(packages.values())))
        ),
        csrf_config=csrf,
        dependencies=dict(dependencies or {}),
        exception_handlers={Exception: failure_page},
        state=State({"assets": Assets(packages), **(state or {})}),
        lifespan=list(lifespan),
        request_max_body_size=guarded.max_form_bytes,
        openapi_config=None,
        logging_config=None,
    )
    # Around everything, so that an unknown address and a refused form carry the headers too.
    site.asgi_handler = Guard(site.asgi_handler, LOOPBACK_NAMES.union(names))
    return site


@cache
def _environment(packages: tuple[str, ...]) -> Environment:
    """The templates of these packages; compiled once in a process, however many sites show them."""
    loaders = [FileSystemLoader(str(files(package).joinpath("templates"))) for package in packages]
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
