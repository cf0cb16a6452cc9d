"""Written Vietnamese becomes what a speaker says: numbers, dates, times, telephone numbers, foreign words."""

from __future__ import annotations

import pytest

from bluezone.outreach.kit.voice.lexicon import lexicon_of
from bluezone.outreach.kit.voice.numbers_vi import SOUTH, cardinal
from bluezone.outreach.kit.voice.spoken import spoken

NUMBERS = {
    0: "không",
    4: "bốn",
    5: "năm",
    10: "mười",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    101: "một trăm linh một",
    104: "một trăm linh bốn",
    110: "một trăm mười",
    111: "một trăm mười một",
    115: "một trăm mười lăm",
    121: "một trăm hai mươi mốt",
    1_000: "một nghìn",
    1_005: "một nghìn không trăm linh năm",
    1_050: "một nghìn không trăm năm mươi",
    12_888: "mười hai nghìn tám trăm tám mươi tám",
    121_909: "một trăm hai mươi mốt nghìn chín trăm linh chín",
    1_000_000: "một triệu",
    1_000_005: "một triệu không trăm linh năm",
    33_500_000: "ba mươi ba triệu năm trăm nghìn",
    1_005_000_000: "một tỷ không trăm linh năm triệu",
    2 * 10**12: "hai nghìn tỷ",
    -5: "âm năm",
}

SENTENCES = {
    # dates
    "ngày 15/8/2021": "ngày mười lăm tháng tám năm hai nghìn không trăm hai mươi mốt",
    "15/8/2021": "ngày mười lăm tháng tám năm hai nghìn không trăm hai mươi mốt",
    "2021-08-05": "ngày mùng năm tháng tám năm hai nghìn không trăm hai mươi mốt",
    "01.02.2026": "ngày mùng một tháng hai năm hai nghìn không trăm hai mươi sáu",
    "trước ngày 17-8": "trước ngày mười bảy tháng tám",
    "17-8": "ngày mười bảy tháng tám",
    "sáng 4/8": "sáng ngày mùng bốn tháng tám",
    "mùng 2/9": "mùng hai tháng chín",
    "tháng 8/2021": "tháng tám năm hai nghìn không trăm hai mươi mốt",
    "8/2021": "tháng tám năm hai nghìn không trăm hai mươi mốt",
    "tháng 4, thứ 4, thứ 1": "tháng tư, thứ tư, thứ nhất",
    "31/4/2021": "ba mươi mốt trên bốn trên hai nghìn không trăm hai mươi mốt",
    # what only looks like a date
    "5-7 ngày": "năm đến bảy ngày",
    "17-8 giờ": "mười bảy đến tám giờ",
    "1/3 dân số": "một phần ba dân số",
    "số 12/3 đường": "số mười hai trên ba đường",
    "năm 1900-1975": "năm một nghìn chín trăm đến một nghìn chín trăm bảy mươi lăm",
    "24/7": "hai mươi bốn giờ một ngày, bảy ngày một tuần",
    # times
    "17:00": "mười bảy giờ",
    "7:05": "bảy giờ năm phút",
    "17h30": "mười bảy giờ ba mươi phút",
    "7h-17h": "bảy giờ đến mười bảy giờ",
    "17 giờ 30 phút": "mười bảy giờ ba mươi phút",
    # quantities
    "1.234 người": "một nghìn hai trăm ba mươi tư người",
    "12.888": "mười hai nghìn tám trăm tám mươi tám",
    "68 %": "sáu mươi tám phần trăm",
    "69,0 %": "sáu mươi chín phẩy không phần trăm",
    "10,21%": "mười phẩy hai mươi mốt phần trăm",
    "1,09 điểm": "một phẩy không chín điểm",
    "2 m trong 15 phút": "hai mét trong mười lăm phút",
    "120 m²": "một trăm hai mươi mét vuông",
    "40 km/h": "bốn mươi ki lô mét một giờ",
    "-5 °C": "âm năm độ xê",
    "05 người": "năm người",
    "½": "một phần hai",
    "٣ người": "ba người",
    # telephone numbers
    "1900 9095": "một chín không không, chín không chín năm",
    "19009095": "một chín không không, chín không chín năm",
    "(0261) 3543210": "không hai sáu một, ba năm bốn ba hai một không",
    "0261 354 3210": "không hai sáu một, ba năm bốn, ba hai một không",
    "0912345678": "không chín một hai, ba bốn năm, sáu bảy tám",
    "+84 912 345 678": "cộng tám bốn, chín một hai, ba bốn năm, sáu bảy tám",
    "gọi 115": "gọi một một năm",
    "gọi 1900 9095 hoặc 115": "gọi một chín không không, chín không chín năm hoặc một một năm",
    "gọi 113, 114 và 115": "gọi một một ba, một một bốn và một một năm",
    "đường dây nóng: 115 hay 0263 354 3210": (
        "đường dây nóng: một một năm hay không hai sáu ba, ba năm bốn, ba hai một không"
    ),
    "gọi 115 và 200 người": "gọi một một năm và hai trăm người",
    "gọi 115, 17:30 họp": "gọi một một năm, mười bảy giờ ba mươi phút họp",
    "gọi 1.234 người": "gọi một nghìn hai trăm ba mươi tư người",
    # names of the highlands
    "Xã Đắk R'lấp": "xã đắc rờ lấp",
    "ĐẮK R’LẤP": "đắc rờ lấp",
    "Xã Ea H`leo": "xã ê a hờ leo",
    "xã D'Ran, phường B'Lao": "xã đờ ran, phường bờ lao",
    "Đ'Ran": "đờ ran",
    "Cư M'gar, K'Bang, M'Đrắk": "cư mờ ga, cờ bang, mờ đờ rắc",
    "Krông Búk": "cờ rông búc",
    "Ia H'Drai": "i a hờ đờ rai",
    # words and signs
    "Bluezone dùng Bluetooth": "bờ lu dôn dùng bờ lu tút",
    "quét mã QR": "quét mã quy rờ",
    "F0, F1": "ép không, ép một",
    "khổ A4": "khổ a bốn",
    "COVID-19": "cô vít mười chín",
    "UBND TP. Gia Nghĩa": "ủy ban nhân dân thành phố gia nghĩa",
    "TP.HCM": "thành phố hồ chí minh",
    "110/VH-TT-CNTT": "một trăm mười trên vê hát tê tê xê nờ tê tê",
    "QL14": "quốc lộ mười bốn",
    "thế kỷ XXI, quý IV": "thế kỷ hai mươi mốt, quý tư",
    "Khu phố IV, tổ dân phố II": "khu phố bốn, tổ dân phố hai",
    "cấp vi bằng": "cấp vi bằng",
    "https://bluezone.example.vn/a-b": "bờ lu dôn chấm ếch xam pồ chấm vê nờ gạch chéo a gạch ngang bê",
    "kit@xa.gov.vn": "kit a còng xa chấm gờ o vê chấm vê nờ",
    "“Cài đặt” (tự nguyện)…": "cài đặt, tự nguyện.",
    "": "",
}


@pytest.mark.parametrize(("number", "said"), NUMBERS.items())
def test_number(number: int, said: str) -> None:
    assert cardinal(number) == said


@pytest.mark.parametrize(("written", "said"), SENTENCES.items())
def test_sentence(written: str, said: str) -> None:
    assert spoken(written, "vi") == said


def test_south_and_centre_count_in_their_own_words() -> None:
    assert cardinal(1_005, SOUTH) == "một ngàn không trăm lẻ năm"
    assert spoken("1.105 người", "vi", "central") == "một ngàn một trăm lẻ năm người"
    assert spoken("1.105 người", "vi", "north") == "một nghìn một trăm linh năm người"


def test_a_number_that_nobody_counts_is_read_digit_by_digit() -> None:
    assert spoken("9" * 5_000, "vi").split() == ["chín"] * 5_000
    assert cardinal(10**18).startswith("một không không")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_list_changes_what_another_list_said(language: str) -> None:
    lexicon = lexicon_of(language)
    lists = (lexicon.words, lexicon.abbreviations, lexicon.units, lexicon.domains, lexicon.symbols)
    for said in (value for entries in lists for value in entries.values()):
        assert spoken(said, language) == (said.lower() if language == "vi" else said), said
