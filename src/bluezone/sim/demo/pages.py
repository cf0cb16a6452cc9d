"""The presenter's pages: the map with its story, the health worker's desk, the stream of positions.

Decides what each page shows and which form does what; every form answers with a redirect, so that all of
it works without script. A phone's own screens come from `phone.ui`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotFoundException, ServiceUnavailableException
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

from bluezone.authority.errors import OnsetInvalid
from bluezone.phone.ui.app import Screens
from bluezone.sim.commune import Person
from bluezone.sim.demo.errors import FeedFull, TooManyCodes
from bluezone.sim.demo.feed import Feed
from bluezone.sim.demo.plan import HEIGHT, WIDTH, boxes, kind_of, marks
from bluezone.sim.demo.presenter import Presenter
from bluezone.sim.demo.story import Step
from bluezone.web.page import language_of, page, see_other

PACES = {"0": 0.0, "10": 10.0, "60": 60.0, "300": 300.0, "max": None}
LOG_LINES = 40
_EPOCH = date(1970, 1, 1)

WebRequest = Request[Any, Any, Any]


async def provide_presenter(request: WebRequest) -> Presenter:
    """The demo behind the pages."""
    presenter: Presenter = request.app.state.presenter
    return presenter


async def provide_screens(presenter: NamedDependency[Presenter], station: FromPath[int]) -> Screens:
    """The screens of one phone."""
    if not 0 <= station < len(presenter.screens):
        raise NotFoundException
    return presenter.screens[station]


@get("/")
async def town(request: WebRequest, presenter: NamedDependency[Presenter]) -> Template:
    """The map, the story, the log, the result and the chosen person's phone."""
    snapshot = await presenter.stage.snapshot()
    result = await presenter.result(snapshot)
    scenario = presenter.scenario
    return page(
        request,
        "demo/town.html",
        snapshot=snapshot,
        result=result,
        step=presenter.step(snapshot, result),
        steps=list(Step),
        boxes=boxes(scenario.places),
        places={place.key: place for place in scenario.places},
        marks=marks(snapshot.people),
        kinds=[kind_of(one) for one in snapshot.people],
        log=snapshot.happenings[-LOG_LINES:][::-1],
        chosen=_chosen(request, presenter),
        width=WIDTH,
        height=HEIGHT,
        paces=PACES,
        newest=presenter.confirmations[-1] if presenter.confirmations else None,
        **_common(request, presenter),
    )


@get("/events")
async def events(request: WebRequest) -> Stream:
    """Positions and the time of day, as server-sent events."""
    feed: Feed = request.app.state.feed
    try:
        stream = feed.listen()
    except FeedFull as error:
        raise ServiceUnavailableException(str(error)) from None
    return Stream(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@post("/pace")
async def set_pace(request: WebRequest, presenter: NamedDependency[Presenter]) -> Redirect:
    """Changes how fast time runs."""
    form = await request.form()
    wished = str(form.get("pace", ""))
    if wished not in PACES:
        raise ClientException
    presenter.set_pace(PACES[wished])
    return _to_map(form.get("phone"), presenter)


@post("/story/next")
async def next_step(request: WebRequest, presenter: NamedDependency[Presenter]) -> Redirect:
    """Carries out the story's current step."""
    form = await request.form()
    try:
        shown = await presenter.advance()
    except TooManyCodes as error:
        raise ServiceUnavailableException(str(error)) from None
    return _to_map(form.get("phone") if shown is None else shown, presenter)


@get("/staff")
async def staff(request: WebRequest, presenter: NamedDependency[Presenter]) -> Template:
    """The health worker's desk."""
    return await _staff_page(request, presenter)


@post("/staff")
async def confirm(request: WebRequest, presenter: NamedDependency[Presenter]) -> Template | Redirect:
    """Confirms somebody; what cannot be certified is answered with a sentence and the form as it was."""
    form = await request.form()
    station = _station(form.get("station"), presenter)
    if station is None:
        return await _staff_page(request, presenter, refused="staff.refused.person", status=422)
    try:
        onset_day = (date.fromisoformat(str(form.get("onset", ""))) - _EPOCH).days
    except ValueError:
        return await _staff_page(
            request, presenter, refused="staff.refused.date", status=422, station=station
        )
    try:
        made = await presenter.confirm(station, onset_day)
    except (OnsetInvalid, TooManyCodes) as error:
        key = "staff.refused.full" if isinstance(error, TooManyCodes) else "staff.refused.onset"
        return await _staff_page(request, presenter, refused=key, status=422, station=station)
    return see_other(f"/staff?code={made.number}")


async def _staff_page(
    request: WebRequest,
    presenter: Presenter,
    *,
    refused: str = "",
    status: int = 200,
    station: int | None = None,
) -> Template:
    snapshot = await presenter.stage.snapshot()
    today = presenter.today(snapshot.now)
    shown = [one for one in presenter.confirmations if str(one.number) == request.query_params.get("code")]
    return page(
        request,
        "demo/staff.html",
        status=status,
        refused=refused,
        snapshot=snapshot,
        made=shown[0] if shown else None,
        made_before=[one for one in reversed(presenter.confirmations) if one not in shown],
        chosen=presenter.scenario.case if station is None else station,
        suggested=presenter.scenario.case,
        today=_iso(today),
        earliest=_iso(today - 21),
        **_common(request, presenter),
    )


def _common(request: WebRequest, presenter: Presenter) -> dict[str, Any]:
    is_english = language_of(request) == "en"

    def label(person: Person) -> str:
        return person.label_en if is_english else person.label_vi

    def place_label(key: str | None) -> str:
        place = next((one for one in presenter.scenario.places if one.key == key), None)
        return "" if place is None else place.label_en if is_english else place.label_vi

    return {
        "people": presenter.scenario.people,
        "label": label,
        "place_label": place_label,
        "grouped": lambda code: f"{code[:5]} {code[5:10]} {code[10:]}",
        "offset": presenter.stage.region.utc_offset_minutes,
    }


def _chosen(request: WebRequest, presenter: Presenter) -> int:
    found = _station(request.query_params.get("phone"), presenter)
    return presenter.scenario.case if found is None else found


def _station(given: Any, presenter: Presenter) -> int | None:
    text = str(given)
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        return None
    return int(text) if int(text) < len(presenter.screens) else None


def _to_map(phone: Any, presenter: Presenter) -> Redirect:
    station = _station(phone, presenter)
    return see_other("/" if station is None else f"/?phone={station}")


def _iso(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).isoformat()
