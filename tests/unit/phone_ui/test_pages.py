"""A phone's pages over a fake phone: what they show, what they refuse, and that every form is protected."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from bluezone.phone.errors import DiagnosisError, ServerUnreachable
from bluezone.phone.publishing import refusal
from bluezone.phone.risk import Alert
from bluezone.phone.ui.app import create_phone_app
from bluezone.phone.ui.qr_picture import qr_picture
from bluezone.protocol.interval import interval_of
from bluezone.protocol.swab import format_swab
from bluezone.protocol.upload import AnswerStatus
from bluezone.web.language import words_of
from tests.unit.phone_ui.fake_view import NOW, FakeView

GOOD_CODE = "000820C20A1G7Y"
PAGES = ("/", "/alert", "/history", "/history/erase", "/share", "/swab", "/about")
Client = TestClient[Litestar]


@pytest.fixture
def view() -> FakeView:
    """The phone."""
    return FakeView()


@pytest.fixture
def client(view: FakeView) -> Iterator[Client]:
    """A browser that came from 127.0.0.1."""
    with TestClient(create_phone_app(view), base_url="http://127.0.0.1:8421") as client:
        yield client


def token(client: Client, page: str) -> str:
    """The CSRF token that a form of a page carries."""
    found = re.search(r'name="_csrf_token" value="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


def send(client: Client, **fields: str) -> str:
    """Sends the sharing form; the page that a person then sees."""
    data = {"_csrf_token": token(client, "/share"), "consent": "yes", "code": GOOD_CODE, **fields}
    return client.post("/share", data=data).text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_answers_in_both_languages(client: Client, page: str, language: str) -> None:
    answer = client.get(page, params={"lang": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert not re.search(r">\s*[a-z]+(\.[a-z-]+)+\s*<", answer.text), "a message key was shown"


def test_a_chosen_language_is_remembered(client: Client) -> None:
    client.get("/", params={"lang": "en"})
    assert "Bluezone is working" in client.get("/").text


def test_vietnamese_is_what_a_new_visitor_reads(client: Client) -> None:
    text = client.get("/", headers={"Accept-Language": "en"}).text
    assert "Bluezone đang hoạt động" in text
    assert "3fa2" in text
    assert ">42<" in text


def test_an_alert_shows_day_duration_distance_and_hotline_and_no_identifier(
    client: Client, view: FakeView
) -> None:
    view.alert_list = [Alert(20741, 1980.0, 0.5, 33)]
    text = client.get("/alert").text
    assert "Thứ Năm, 15 tháng 10, 2026" in text
    assert "khoảng 35 phút" in text
    assert "khoảng 1 mét" in text
    assert 'href="tel:19009095"' in text
    for line in view.lines:
        assert line.label.hex() not in text
    assert "3fa2" not in text


def test_the_regions_own_hotline_is_shown(client: Client, view: FakeView) -> None:
    view.alert_list, view.hotline = [Alert(20741, 1980.0, 0.5, 33)], "0261 3544"
    assert 'href="tel:02613544"' in client.get("/alert").text


def test_home_points_to_an_alert_first(client: Client, view: FakeView) -> None:
    view.alert_list = [Alert(20741, 1980.0, 0.5, 33)]
    text = client.get("/").text
    assert text.index("Bạn có nguy cơ") < text.index("Bluezone đang hoạt động")
    assert "Chưa ghi nhận" not in text


def test_history_is_erased_only_after_the_question(client: Client, view: FakeView) -> None:
    assert "00ab" in client.get("/history").text
    csrf = token(client, "/history/erase")
    client.post("/history/erase", data={"_csrf_token": csrf})
    assert view.erased == 0
    answer = client.post("/history/erase", data={"_csrf_token": csrf, "sure": "yes"})
    assert view.erased == 1
    assert "00ab" not in answer.text


def test_a_good_code_is_sent_with_consent(client: Client, view: FakeView) -> None:
    kept_back = str(interval_of(NOW) - 3)
    text = send(client, withheld=kept_back)
    assert view.published == [(GOOD_CODE, frozenset({int(kept_back)}))]
    assert "Đã gửi" in text
    assert "2 khóa ẩn danh" in text


def test_nothing_is_sent_without_consent(client: Client, view: FakeView) -> None:
    assert "Cần sự đồng ý" in send(client, consent="")
    assert not view.published


@pytest.mark.parametrize("typed", ["", "000820C20A1G7Z", "12345", "x" * 5000, "<script>"])
def test_a_mistyped_code_gets_a_sentence_and_stays_to_be_corrected(
    client: Client, view: FakeView, typed: str
) -> None:
    data = {"_csrf_token": token(client, "/share"), "consent": "yes", "code": typed}
    answer = client.post("/share", data=data)
    assert answer.status_code == 422
    assert "Mã chưa đúng" in answer.text
    assert "<script>" not in answer.text
    assert not view.published


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (DiagnosisError(refusal(AnswerStatus.CODE_UNKNOWN)), "share.refused.unknown"),
        (DiagnosisError(refusal(AnswerStatus.CODE_EXPIRED)), "share.refused.expired"),
        (DiagnosisError(refusal(AnswerStatus.CODE_USED)), "share.refused.used"),
        (DiagnosisError(refusal(AnswerStatus.TOO_MANY_GUESSES)), "share.refused.too-many"),
        (DiagnosisError("there is no key"), "share.refused.other"),
        (ServerUnreachable("no answer"), "share.refused.no-answer"),
        (RuntimeError("a bug"), "share.refused.other"),
    ],
)
def test_a_refusal_says_why_in_the_readers_language(
    client: Client, view: FakeView, error: Exception, key: str
) -> None:
    view.refusal = error
    assert words_of("vi").text(key) in send(client)
    text = client.get("/share", params={"lang": "en"}).text
    assert words_of("en").text(key) in text
    assert GOOD_CODE in text


def test_a_window_that_is_no_number_is_refused(client: Client, view: FakeView) -> None:
    data = {"_csrf_token": token(client, "/share"), "consent": "yes", "code": GOOD_CODE, "withheld": "all"}
    assert client.post("/share", data=data).status_code == 400
    assert not view.published


@pytest.mark.parametrize("page", ["/share", "/swab", "/swab/share", "/history/erase"])
def test_a_form_without_its_token_is_refused(client: Client, view: FakeView, page: str) -> None:
    data = {"sure": "yes", "consent": "yes", "code": GOOD_CODE}
    answer = client.post(page, data=data)
    assert answer.status_code == 403
    assert "Biểu mẫu" in answer.text
    token(client, "/share")
    assert client.post(page, data={**data, "_csrf_token": "0" * 128}).status_code == 403
    assert (view.erased, view.swabs, view.published) == (0, 0, [])


def test_a_phone_that_is_off_says_so(client: Client, view: FakeView) -> None:
    view.asleep = True
    answer = client.get("/")
    assert answer.status_code == 503
    assert "chưa bật" in answer.text


def test_what_is_met_or_sent_is_never_cached(client: Client) -> None:
    for page in PAGES:
        assert client.get(page).headers["cache-control"] == "no-store"


class TestSwab:
    """The code for a sample: made when asked, shown as a picture and as text, sent with consent only."""

    def press(self, client: Client, address: str, **fields: str) -> Response:
        """Presses the button of a form of the page."""
        return client.post(address, data={"_csrf_token": token(client, "/swab"), **fields})

    def test_no_code_is_made_by_looking(self, client: Client, view: FakeView) -> None:
        assert "<svg" in client.get("/swab").text  # the icons below
        assert 'class="qr"' not in client.get("/swab").text
        assert view.swabs == 0

    def test_the_picture_says_what_the_text_says(self, client: Client, view: FakeView) -> None:
        text = self.press(client, "/swab").text
        assert view.swabs == 1
        shown = format_swab(b"\1" * 32)
        assert shown in text
        assert str(qr_picture(shown)) in text
        assert "style=" not in text

    def test_a_second_sample_gets_a_new_code(self, client: Client, view: FakeView) -> None:
        self.press(client, "/swab")
        assert format_swab(b"\2" * 32) in self.press(client, "/swab").text

    def test_without_the_time_there_is_a_sentence(self, client: Client, view: FakeView) -> None:
        view.refusal = DiagnosisError("no time yet")
        answer = self.press(client, "/swab")
        assert answer.status_code == 503
        assert words_of("vi").text("swab.refused.no-time") in answer.text

    def test_a_positive_result_is_sent_with_consent(self, client: Client, view: FakeView) -> None:
        self.press(client, "/swab")
        refused = self.press(client, "/swab/share")
        assert refused.status_code == 422
        assert "Cần sự đồng ý" in refused.text
        assert view.published == []
        assert "Đã gửi" in self.press(client, "/swab/share", consent="yes").text
        assert view.published == [(None, frozenset())]

    def test_a_result_that_is_not_there_yet_has_a_sentence(self, client: Client, view: FakeView) -> None:
        self.press(client, "/swab")
        view.refusal = DiagnosisError(refusal(AnswerStatus.SAMPLE_UNKNOWN))
        assert (
            words_of("vi").text("share.refused.sample")
            in self.press(client, "/swab/share", consent="yes").text
        )
