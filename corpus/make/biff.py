"""Workbooks of binary records: BIFF2 to BIFF8 (MS-XLS), and xlsb (MS-XLSB)."""

import struct

from .case import case
from .cfb import compound, ole_native
from .opc import Package
from .project import project
from .properties import properties
from .rc4 import Binary, CryptoApi, rc4
from .values import *

KIND = "kind application/vnd.ms-excel"
KIND_B = "kind application/vnd.ms-excel.sheet.binary.macroenabled.12"
LABEL, TENANT = "1c7e9a40-5b1d-4f7e-9a77-0d5c3f1b2a04", "7d0a5c1e-2222-4b6f-8c3d-9e8f7a6b5c01"
PASSWORD = "frisk-corpus"
ONE_PIXEL = bytes.fromhex("89504E470D0A1A0A0000000D49484452000000010000000108000000003A7E9B550000000A49444154789C6360000000020001E221BC330000000049454E44AE426082")


def rec(number: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def short(text: str) -> bytes:
    """A string behind a length of one byte."""
    return struct.pack("<BB", len(text), 1) + wide(text)


def long(text: str, narrow: bool = False) -> bytes:
    """A string behind a length of two bytes."""
    return struct.pack("<HB", len(text), 0 if narrow else 1) + (text.encode("latin-1") if narrow else wide(text))


def bof(kind: int, version: int = 0x0600) -> bytes:
    return rec(0x0809, struct.pack("<HHHHII", version, kind, 0x0DBB, 0x07CC, 0x41, 6)[: 16 if version == 0x0600 else 8])


EOF = rec(0x0A)
# Styles: 0 general, 1 SSN 000-00-0000, 2 card in groups, 3 date, 4 text
CODES = {164: "000\\-00\\-0000", 165: "0000\\ 0000\\ 0000\\ 0000"}
STYLES = [0, 164, 165, 14, 49]


class Sheet:
    """A sheet of BIFF8."""

    def __init__(self, name: str, state: int = 0, kind: int = 0) -> None:
        self.name, self.state, self.kind = name, state, kind
        self.head, self.rows, self.tail = b"", b"", b""

    def hide_row(self, row: int) -> None:
        self.rows += rec(0x0208, struct.pack("<HHHHHHHH", row, 0, 9, 255, 0, 0, 0x0120, 15))

    def text(self, row: int, column: int, index: int, style: int = 0) -> None:
        self.rows += rec(0xFD, struct.pack("<HHHI", row, column, style, index))

    def label(self, row: int, column: int, text: str) -> None:
        self.rows += rec(0x0204, struct.pack("<HHH", row, column, 0) + long(text))

    def number(self, row: int, column: int, value: float, style: int = 0) -> None:
        self.rows += rec(0x0203, struct.pack("<HHHd", row, column, style, value))

    def rk(self, row: int, column: int, value: int, style: int = 0) -> None:
        self.rows += rec(0x027E, struct.pack("<HHHI", row, column, style, value << 2 | 2))

    def formula(self, row: int, column: int, result: bytes, tokens: bytes = b"", string: str | None = None) -> None:
        self.rows += rec(0x06, struct.pack("<HHH", row, column, 0) + result + struct.pack("<HIH", 0, 0, len(tokens)) + tokens)
        if string is not None:
            self.rows += rec(0x0207, long(string))

    def comment(self, row: int, column: int, number: int, text: str, author: str = "Corpus") -> None:
        self.tail += rec(0x5D, struct.pack("<HHHHH", 0x15, 0x12, 0x19, number, 0x4011) + bytes(12) + bytes(4))
        self.tail += txo(text)
        self.notes = getattr(self, "notes", b"") + rec(0x1C, struct.pack("<HHHH", row, column, 0, number) + long(author) + b"\0")

    def bytes(self) -> bytes:
        return bof(0x10) + self.head + self.rows + self.tail + getattr(self, "notes", b"") + EOF


def txo(text: str, cut: int = 0) -> bytes:
    """A text object, its text in one record of continuation or two."""
    pieces = [text[:cut], text[cut:]] if cut else [text]
    out = rec(0x01B6, struct.pack("<HHHIHHI", 0x0212, 0, 0, 0, len(text), 16, 0))
    for piece in pieces:
        out += rec(0x3C, b"\x01" + wide(piece))
    return out + rec(0x3C, struct.pack("<HHI", 0, 0, 0) + struct.pack("<HHI", len(text), 0, 0))


def textbox(text: str) -> bytes:
    return rec(0x5D, struct.pack("<HHHHH", 0x15, 0x12, 0x06, 77, 0x6011) + bytes(12) + bytes(4)) + txo(text)


def shape_words(text: str) -> bytes:
    """A drawing with one shape that has an alternative text."""
    value = wide(text + "\0")
    table = struct.pack("<HI", 0xC381, len(value)) + value
    return rec(0xEC, struct.pack("<HHI", 0x0013, 0xF00B, len(table)) + table)


def shared(strings: list[str], cuts: dict[int, int] | None = None) -> bytes:
    """The table of shared strings; string number i goes on in a new record behind `cuts[i]` characters."""
    records, now = [], struct.pack("<II", len(strings), len(strings))
    for number, text in enumerate(strings):
        cut = (cuts or {}).get(number)
        if cut is None:
            now += long(text)
            continue
        records.append(now + struct.pack("<HB", len(text), 1) + wide(text[:cut]))
        # The rest is in single bytes.
        now = b"\0" + text[cut:].encode("latin-1")
    records.append(now)
    return rec(0xFC, records[0]) + b"".join(rec(0x3C, more) for more in records[1:])


def workbook(sheets: list[Sheet], strings: bytes = b"", more: bytes = b"", seal=None) -> bytes:
    """The stream of a workbook, encrypted if `seal` says how."""
    head = bof(5)
    if seal:
        head += rec(0x2F, struct.pack("<H", 1) + seal.header())
    head += rec(0x42, struct.pack("<H", 1200)) + rec(0x5C, long("Mallory Corpus").ljust(112, b" "))
    head += b"".join(rec(0x041E, struct.pack("<H", i) + long(code)) for i, code in CODES.items())
    head += b"".join(rec(0xE0, struct.pack("<HHHHHHHHI", 0, style, 1, 0x20, 0, 0, 0, 0, 0)) for style in STYLES)
    bodies = [sheet.bytes() for sheet in sheets]
    entries = lambda at: b"".join(rec(0x85, struct.pack("<IBB", place, s.state, s.kind) + short(s.name)) for place, s in zip(at, sheets))
    tail = strings + more + EOF
    start = len(head) + len(entries([0] * len(sheets))) + len(tail)
    places = [start + sum(map(len, bodies[:i])) for i in range(len(sheets))]
    stream = head + entries(places) + tail + b"".join(bodies)
    return sealed(stream, seal) if seal else stream


def sealed(stream: bytes, seal) -> bytes:
    """Encrypts what is encrypted of a stream: bodies of most records."""
    whole = b"".join(rc4(seal.key(i // 1024), stream[i : i + 1024]) for i in range(0, len(stream), 1024))
    out, at = b"", 0
    while at < len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        plain = 4 + (length if number in (0x0809, 0x2F) else 4 if number == 0x85 else 0)
        out += stream[at : at + plain] + whole[at + plain : at + 4 + length]
        at += 4 + length
    return out


def name(text: str, value: str) -> bytes:
    """A defined name for a constant string."""
    tokens = b"\x17" + short(value)
    return rec(0x18, struct.pack("<HBBHHHBBBB", 0, 0, len(text), len(tokens), 0, 0, 0, 0, 0, 0) + b"\x01" + wide(text) + tokens)


def link(row: int, column: int, target: str) -> bytes:
    url = wide(target + "\0")
    moniker = bytes.fromhex("E0C9EA79F9BACE118C8200AA004BA90B") + struct.pack("<I", len(url)) + url
    return rec(0x01B8, struct.pack("<HHHH", row, row, column, column) + bytes.fromhex("D0C9EA79F9BACE118C8200AA004BA90B") + struct.pack("<II", 2, 3) + moniker)


def validation(title: str, prompt: str, choices: str) -> bytes:
    tokens = b"\x17" + short(choices)
    texts = long(title) + long("\0") + long(prompt) + long("\0")
    return rec(0x01BE, struct.pack("<I", 0x000C0183) + texts + struct.pack("<HH", len(tokens), 0) + tokens + struct.pack("<HH", 0, 0) + struct.pack("<HHHHH", 1, 0, 9, 0, 0))


def chart(title: str, cached: str) -> bytes:
    label = rec(0x0204, struct.pack("<HHH", 0, 1, 0) + long(cached))
    return bof(0x20) + rec(0x100D, struct.pack("<H", 0) + short(title)) + label + EOF


def honest() -> None:
    strings = ["Name", "SSN", "Card number", "Anna Adler", "Bo Berg", f"Card {groups(VISA_3)} of a shared string", "Never shown: Vermilion Ledger"]
    staff = Sheet("Staff")
    staff.head = rec(0x14, long("&L&\"Arial,Bold\"Head of the sheet&RPage &P")) + rec(0x15, long("&CFoot of the sheet"))
    staff.head += rec(0x7D, struct.pack("<HHHHHH", 6, 6, 2560, 0, 1, 0))
    for column in range(3):
        staff.text(0, column, column)
    staff.text(1, 0, 3)
    staff.rk(1, 1, int(SSN.replace("-", "")), 1)
    staff.number(1, 2, float(AMEX), 0)
    staff.text(2, 0, 4)
    staff.label(2, 1, SSN_2)
    staff.hide_row(3)
    staff.label(3, 0, f"hidden row {EMAIL}")
    staff.label(4, 6, "hidden column Larkspur")
    staff.text(5, 0, 5)
    # A formula whose result is a string, with another string in it.
    staff.formula(6, 0, b"\0\0\0\0\0\0\xff\xff", b"\x17" + short("constant of a formula"), "result of a formula")
    staff.formula(6, 1, struct.pack("<d", 45356.0))
    staff.rows += rec(0x0205, struct.pack("<HHHBB", 7, 0, 0, 1, 0)) + rec(0x0205, struct.pack("<HHHBB", 7, 1, 0, 0x2A, 1))
    staff.rows += rec(0xBD, struct.pack("<HH", 8, 0) + struct.pack("<HI", 0, 41 << 2 | 2) + struct.pack("<HI", 0, 4250 << 2 | 3) + struct.pack("<H", 1))
    staff.tail = rec(0xEC, b"") + shape_words("alternative text of a shape") + textbox(f"Text box with IBAN {IBAN_DE}")
    staff.tail += chart("Title of a chart", "label that only the chart keeps")
    staff.comment(1, 0, 3, f"Comment: card {groups(MASTERCARD)}")
    staff.tail += link(2, 0, "https://example.com/staff?id=4711") + validation("Choose", "Prompt of a validation", "first choice\0second choice")
    payroll = Sheet("Payroll", 1)
    payroll.label(0, 0, f"Card number {groups(VISA)}")
    very = Sheet("Deep", 2)
    very.label(0, 0, "very hidden")
    external = rec(0x01AE, struct.pack("<H", 1) + long("\x01\x01C\x03corpus\x03other book.xls") + long("Rates"))
    external += rec(0x59, struct.pack("<HH", 1, 0)) + rec(0x5A, struct.pack("<BBH", 0, 0, 0) + b"\x02" + long("value of another book"))
    stream = workbook([staff, payroll, very], shared(strings), name("Rate_key", f"constant {KEYWORD_2}") + external)
    streams = {"Workbook": stream} | properties("Title of the book", "Author of the book", {f"MSIP_Label_{LABEL}_Enabled": "true", f"MSIP_Label_{LABEL}_Name": "Secret", f"MSIP_Label_{LABEL}_SiteId": TENANT, "Client": "Custom property"})
    streams |= {"MBD00012345/\x01Ole10Native": ole_native("inside.txt", f"SSN: {SSN_3}".encode())}
    streams |= project(f"' Password of the server: {KEYWORD}", "_VBA_PROJECT_CUR")
    case(
        "xls/honest/every-part.xls",
        compound(streams),
        KIND,
        "status ok",
        f'reads body "{SSN}"',
        "match us-ssn high 1 sheet=Staff cell=B2",
        "match us-ssn high 1 sheet=Staff cell=B3",
        f'text "{AMEX}"',
        'text "result of a formula"',
        'text "45356"',
        'text "TRUE"',
        'text "#N/A"',
        'text "42.5"',
        'reads headers "Head of the sheet"',
        'reads headers "Foot of the sheet"',
        f'reads comments "{groups(MASTERCARD)}"',
        "match credit-card-number >=medium 1 part=comment sheet=Staff cell=A2",
        f'reads hidden "hidden row {EMAIL}"',
        'reads hidden "hidden column Larkspur"',
        'reads hidden "very hidden"',
        "match credit-card-number high 1 part=hidden sheet=Payroll cell=A1",
        f'reads drawings "Text box with IBAN {IBAN_DE}"',
        'reads drawings "Title of a chart"',
        'reads drawings "label that only the chart keeps"',
        'reads forms "Prompt of a validation"',
        'reads forms "first choice"',
        'reads metadata "alternative text of a shape"',
        'reads metadata "https://example.com/staff?id=4711"',
        'reads metadata "Mallory Corpus"',
        f'reads metadata "constant {KEYWORD_2}"',
        'reads metadata "constant of a formula"',
        'reads metadata "Title of the book"',
        'reads metadata "Custom property"',
        'reads metadata "other book.xls"',
        'reads metadata "value of another book"',
        'reads metadata "Never shown: Vermilion Ledger"',
        f'reads embedded "{SSN_3}"',
        f'reads macros "{KEYWORD}"',
        "reads labels Secret",
    )
    for seal, how in ((Binary(PASSWORD), "rc4"), (CryptoApi(PASSWORD), "cryptoapi"), (Binary("VelvetSweatshop"), "the-default-password")):
        sheet = Sheet("Cards")
        sheet.label(0, 0, "Card number")
        sheet.number(1, 0, float(VISA))
        sheet.label(2, 0, "filler " * 150)
        sheet.label(3, 0, "Sealed text")
        known = "protection encrypted" if how.startswith("the") else "protection password_encrypted"
        case(f"xls/honest/encrypted-with-{how}.xls", compound({"Workbook": workbook([sheet], seal=seal)}), KIND, "status ok", "match credit-card-number high 1 sheet=Cards cell=A2", 'reads passwords "Sealed text"', known)
    sheet = Sheet("Cards")
    sheet.label(0, 0, f"Card number {VISA}")
    case("xls/honest/encrypted-unknown-password.xls", compound({"Workbook": workbook([sheet], seal=CryptoApi("nobody knows"))}), KIND, "no-match *", "gap password_protected Workbook", "protection password_encrypted")


def older() -> None:
    # Excel 95: the stream has another name, strings are in a code page, comments stand in their records.
    def label(row: int, column: int, text: str, page: str = "cp1252") -> bytes:
        data = text.encode(page)
        return rec(0x0204, struct.pack("<HHHH", row, column, 0, len(data)) + data)

    entry = lambda at, name: rec(0x85, struct.pack("<IBBB", at, 0, 0, len(name)) + name)
    head = bof(5, 0x0500) + rec(0x42, struct.pack("<H", 1251)) + rec(0x041E, struct.pack("<HB", 164, 11) + b"000-00-0000")
    head += rec(0xE0, struct.pack("<HH", 0, 0) + bytes(12)) + rec(0xE0, struct.pack("<HH", 0, 164) + bytes(12))
    note = f"Card {groups(VISA)}".encode()
    rows = label(0, 0, "Номер карты", "cp1251") + rec(0x0203, struct.pack("<HHHd", 1, 0, 1, float(SSN.replace("-", "")))) + label(1, 1, "Social Security number")
    rows += rec(0x1C, struct.pack("<HHH", 1, 0, len(note)) + note[:9]) + rec(0x1C, struct.pack("<HHH", 0xFFFF, 0, len(note) - 9) + note[9:])
    sheet = bof(0x10, 0x0500) + rec(0x14, b"\x0bHead of old") + rows + EOF
    start = len(head) + len(entry(0, b"Old")) + len(EOF)
    stream = head + entry(start, b"Old") + EOF + sheet
    facts = (KIND, "status ok", 'text "Номер карты"', f'text "{SSN}"', "match credit-card-number >=medium 1 part=comment sheet=Old cell=A2", 'reads headers "Head of old"')
    case("xls/honest/excel-95.xls", compound({"Book": stream}), *facts)
    # Both versions in one file: what is the same is told once.
    new = Sheet("Old")
    new.label(0, 0, "Номер карты")
    new.label(0, 1, "only in the new one")
    case("xls/honest/two-versions-in-one-file.xls", compound({"Workbook": workbook([new]), "Book": stream}), *facts[:4], 'text "only in the new one"')
    # Excel 4, 3 and 2: a sheet by itself, without a compound file.
    four = rec(0x0409, struct.pack("<HHH", 0, 0x10, 0)) + rec(0x0443, struct.pack("<BB", 0, 0) + bytes(10)) + label(0, 0, "Card number") + label(1, 0, VISA) + EOF
    case("xls/honest/excel-4.xls", four, KIND, "status ok", "match credit-card-number high 1 cell=A2")
    three = rec(0x0209, struct.pack("<HHH", 0, 0x10, 0)) + label(0, 0, "Card number") + label(1, 0, VISA) + EOF
    case("xls/honest/excel-3.xls", three, KIND, "status ok", "match credit-card-number high 1 cell=A2")
    cell = lambda row, column: struct.pack("<HH", row, column) + b"\0\x01\0"
    two = rec(0x09, struct.pack("<HH", 2, 0x10)) + rec(0x1E, b"\x07General") + rec(0x1E, b"\x0b000-00-0000")
    two += rec(0x04, cell(0, 0) + b"\x03SSN") + rec(0x03, cell(1, 0) + struct.pack("<d", float(SSN.replace("-", "")))) + rec(0x02, cell(1, 1) + struct.pack("<H", 4711)) + EOF
    case("xls/honest/excel-2.xls", two, KIND, "status ok", "match us-ssn high 1 cell=A2", 'text "4711"')
    picture = struct.pack("<HHI", 0x0062, 0xF007, 36 + len(ONE_PIXEL)) + bytes(36) + ONE_PIXEL
    case("xls/honest/only-a-picture.xls", compound({"Workbook": workbook([Sheet("Scan")], more=rec(0xEB, struct.pack("<HHI", 0x0F, 0xF000, len(picture)) + picture))}), KIND, "misses pictures image_only")


def odd() -> None:
    sheet = Sheet("Cut")
    for row in range(3):
        sheet.text(row, 0, row)
    strings = [f"Card {groups(VISA)} goes on", f"IBAN {IBAN_DE} goes on", "last one"]
    facts = (KIND, "status ok", f'text "{strings[0]}"', f'text "{strings[1]}"', 'text "last one"')
    case("xls/odd/shared-strings-cut-by-records.xls", compound({"Workbook": workbook([sheet], shared(strings, {0: 9, 1: 12}))}), *facts)
    sheet = Sheet("Box")
    sheet.tail = rec(0x5D, struct.pack("<HHHHH", 0x15, 0x12, 0x06, 1, 0) + bytes(16)) + txo(f"Card number {groups(VISA)} in two records", 20)
    case("xls/odd/text-box-cut-by-records.xls", compound({"Workbook": workbook([sheet])}), KIND, "status ok", "match credit-card-number high 1")
    sheet = Sheet("Cards")
    sheet.label(0, 0, f"Card number {groups(VISA)}")
    sheet.label(1, 0, "this one is cut")
    whole = workbook([sheet])
    case("xls/odd/cut-off.xls", compound({"Workbook": whole[:-10]}), KIND, "match credit-card-number high 1", "gap corrupt Workbook")
    case("xls/odd/a-cell-points-at-no-string.xls", compound({"Workbook": workbook([lonely()])}), KIND, "gap corrupt Workbook", 'text "there"')


def lonely() -> Sheet:
    sheet = Sheet("Lonely")
    sheet.text(0, 0, 4711)
    sheet.label(0, 1, "there")
    return sheet


def hostile() -> None:
    sheet = Sheet("Bomb")
    for row in range(1500):
        sheet.text(row, 0, 0)
    case("xls/hostile/one-long-string-in-every-cell.xls", compound({"Workbook": workbook([sheet], shared(["Card " * 1600 + VISA]))}), "limit unpacked_bytes_max 200000", KIND, "match credit-card-number >=medium 1", "status ok")
    lies = Sheet("Lies")
    lies.rows = rec(0xBD, struct.pack("<HH", 0, 0) + struct.pack("<HI", 0, 41 << 2 | 2) + struct.pack("<H", 0xFFFF))
    lies.rows += rec(0xFD, struct.pack("<HHHI", 1, 0, 0xFFFF, 0xFFFFFFFF)) + rec(0x18, struct.pack("<HBBHHHBBBB", 0, 0, 255, 0xFFFF, 0, 0, 255, 255, 255, 255) + b"\x01a\0")
    lies.rows += rec(0x01B6, struct.pack("<HHHIHHI", 0, 0, 0, 0, 0xFFFF, 0xFFFF, 0)) + rec(0x3C, b"\x01" + wide("text of a liar")) * 3
    lies.label(2, 0, f"Card number {VISA}")
    counts = rec(0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF) + struct.pack("<HBHI", 0xFFFF, 0x0D, 0xFFFF, 0xFFFFFFFF) + wide("cut"))
    case("xls/hostile/counts-that-lie.xls", compound({"Workbook": workbook([lies], counts)}), KIND, "match credit-card-number high 1 cell=A3", 'text "text of a liar"', "gap corrupt Workbook")
    nested = Sheet("Nested")
    nested.rows = bof(0x20) * 900
    nested.label(0, 0, "deep")
    case("xls/hostile/substreams-without-end.xls", compound({"Workbook": workbook([nested])}), KIND, "gap corrupt Workbook")
    many = b"".join(rec(0x85, struct.pack("<IBB", 40 + i, 0, 0) + b"\x01\0a") for i in range(2000))
    case("xls/hostile/sheets-that-overlap.xls", compound({"Workbook": bof(5) + many + EOF + b"\x01\x02\x03\x04" * 300}), KIND, "no-match *")


# ---- xlsb ----------------------------------------------------------------------------------------------------------


def brec(number: int, body: bytes = b"") -> bytes:
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    length, size = len(body), b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + body


def bstr(text: str | None) -> bytes:
    return b"\xff\xff\xff\xff" if text is None else struct.pack("<I", len(text)) + wide(text)


def bcell(number: int, column: int, body: bytes, style: int = 0) -> bytes:
    return brec(number, struct.pack("<II", column, style) + body)


def brow(row: int, hidden: bool = False) -> bytes:
    return brec(0, struct.pack("<IIH", row, 0, 300) + bytes([0, 0x10 if hidden else 0, 0]) + struct.pack("<I", 0))


class BookB:
    """A workbook in binary parts."""

    def __init__(self) -> None:
        self.pack, self.sheets, self.more = Package(), b"", b""
        self.pack.defaults["bin"] = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"

    def sheet(self, name: str, body: bytes, state: int = 0) -> str:
        number = self.sheets.count(b"r\0I\0d\0") + 1
        part = f"xl/worksheets/sheet{number}.bin"
        self.pack.part(part, brec(129) + body + brec(130), "application/vnd.ms-excel.worksheet")
        relation = self.pack.relate("xl/workbook.bin", "worksheet", f"worksheets/sheet{number}.bin")
        self.sheets += brec(156, struct.pack("<II", state, number) + bstr(relation) + bstr(name))
        return part

    def bytes(self, strings: list[str]) -> bytes:
        pack, main = self.pack, "xl/workbook.bin"
        pack.part(main, brec(131) + brec(143) + self.sheets + brec(144) + self.more + brec(132))
        pack.relate("", "officeDocument", main)
        codes = b"".join(brec(44, struct.pack("<H", i) + bstr(code)) for i, code in CODES.items())
        styles = b"".join(brec(47, struct.pack("<HHHHHBB", 0, style, 0, 0, 0, 0, 0) + bytes(4)) for style in STYLES)
        pack.part("xl/styles.bin", brec(278) + codes + brec(617) + styles + brec(618) + brec(279), "application/vnd.ms-excel.styles")
        pack.relate(main, "styles", "styles.bin")
        items = b"".join(brec(19, b"\0" + bstr(text)) for text in strings)
        pack.part("xl/sharedStrings.bin", brec(159, struct.pack("<II", len(strings), len(strings))) + items + brec(160), "application/vnd.ms-excel.sharedStrings")
        pack.relate(main, "sharedStrings", "sharedStrings.bin")
        return pack.bytes()


def binary_parts() -> None:
    book = BookB()
    head = brec(60, struct.pack("<IIIIH", 6, 6, 2560, 0, 1))
    rows = brow(0) + bcell(7, 0, struct.pack("<I", 0)) + bcell(7, 1, struct.pack("<I", 1))
    rows += brow(1) + bcell(7, 0, struct.pack("<I", 2)) + bcell(2, 1, struct.pack("<I", int(SSN.replace("-", "")) << 2 | 2), 1) + bcell(5, 2, struct.pack("<d", float(AMEX)))
    rows += brow(2) + bcell(6, 0, bstr("string in its cell")) + bcell(4, 1, b"\x01") + bcell(3, 2, b"\x2a") + bcell(62, 3, b"\0" + bstr("rich string"))
    tokens = b"\x17" + struct.pack("<H", 21) + wide("constant of a formula")
    rows += brow(3) + bcell(8, 0, bstr("result of a formula") + struct.pack("<HI", 0, len(tokens)) + tokens + struct.pack("<I", 0)) + bcell(9, 1, struct.pack("<d", 42.5) + struct.pack("<HII", 0, 0, 0))
    rows += brow(4, True) + bcell(6, 0, bstr(f"hidden row {EMAIL}"))
    rows += brow(5) + bcell(6, 6, bstr("hidden column Larkspur"))
    around = brec(479, struct.pack("<H", 0) + bstr("&LHead of the sheet") + bstr("&CFoot of the sheet") + bstr(None) * 4)
    choices = b"\x17" + struct.pack("<H", 12) + wide("first choice")
    around += brec(64, struct.pack("<II", 0x000C0183, 1) + bytes(16) + bstr(None) + bstr(None) + bstr("Choose") + bstr("Prompt of a validation") + struct.pack("<I", len(choices)) + choices + struct.pack("<III", 0, 0, 0))
    around += brec(494, bytes(16) + bstr("rId1") + bstr("") + bstr("tip of a link") + bstr("words of a link"))
    part = book.sheet("Staff", head + rows + around)
    book.pack.relate(part, "hyperlink", "https://example.com/staff?id=4711", True)
    note = brec(628) + brec(630) + brec(632, bstr("Author of a comment")) + brec(631) + brec(633)
    note += brec(635, struct.pack("<IIIII", 0, 1, 1, 0, 0) + bytes(16)) + brec(637, b"\0" + bstr(f"Comment: card {groups(MASTERCARD)}")) + brec(636) + brec(634) + brec(629)
    book.pack.part("xl/comments1.bin", note, "application/vnd.ms-excel.comments")
    book.pack.relate(part, "comments", "../comments1.bin")
    space = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    drawing = f'<xdr:wsDr {space}><xdr:twoCellAnchor><xdr:sp><xdr:txBody><a:p><a:r><a:t>Text box with IBAN {IBAN_DE}</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>'
    book.pack.part("xl/drawings/drawing1.xml", drawing, "application/vnd.openxmlformats-officedocument.drawing+xml")
    book.pack.relate(part, "drawing", "../drawings/drawing1.xml")
    book.sheet("Payroll", brow(0) + bcell(6, 0, bstr(f"Card number {groups(VISA)}")), 1)
    book.more = brec(39, struct.pack("<IBI", 0, 0, 0xFFFFFFFF) + bstr("Rate_key") + struct.pack("<I", 3 + 2 * len(KEYWORD_2)) + b"\x17" + struct.pack("<H", len(KEYWORD_2)) + wide(KEYWORD_2) + struct.pack("<I", 0) + bstr(None))
    cache = brec(179) + brec(23, bstr("value of a pivot cache")) + brec(180)
    book.pack.part("xl/pivotCache/pivotCacheDefinition1.bin", cache, "application/vnd.ms-excel.pivotCacheDefinition")
    book.pack.relate("xl/workbook.bin", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.bin")
    inside = Sheet("Inside")
    inside.label(0, 0, f"SSN: {SSN_3}")
    book.pack.part("xl/embeddings/oleObject1.bin", compound({"Workbook": workbook([inside])}), "application/vnd.openxmlformats-officedocument.oleObject")
    book.pack.relate(part, "oleObject", "../embeddings/oleObject1.bin")
    book.pack.part("xl/vbaProject.bin", compound(project(f"' Password of the server: {KEYWORD}")), "application/vnd.ms-office.vbaProject")
    book.pack.relate("xl/workbook.bin", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin")
    book.pack.properties("Title of the book", custom={f"MSIP_Label_{LABEL}_Enabled": "true", f"MSIP_Label_{LABEL}_Name": "Secret", f"MSIP_Label_{LABEL}_SiteId": TENANT})
    case(
        "xlsb/honest/every-part.xlsb",
        book.bytes(["Name", "SSN", "Anna Adler", "Never shown: Vermilion Ledger"]),
        KIND_B,
        "status ok",
        f'reads body "{SSN}"',
        "match us-ssn high 1 sheet=Staff cell=B2",
        f'text "{AMEX}"',
        'text "string in its cell"',
        'text "rich string"',
        'text "#N/A"',
        'text "result of a formula"',
        'text "42.5"',
        'reads headers "Head of the sheet"',
        'reads headers "Foot of the sheet"',
        f'reads comments "{groups(MASTERCARD)}"',
        "match credit-card-number >=medium 1 part=comment sheet=Staff cell=A2",
        f'reads hidden "hidden row {EMAIL}"',
        'reads hidden "hidden column Larkspur"',
        "match credit-card-number high 1 part=hidden sheet=Payroll cell=A1",
        f'reads drawings "Text box with IBAN {IBAN_DE}"',
        'reads forms "Prompt of a validation"',
        'reads forms "first choice"',
        'reads metadata "constant of a formula"',
        f'reads metadata "{KEYWORD_2}"',
        'reads metadata "words of a link"',
        'reads metadata "https://example.com/staff?id=4711"',
        'reads metadata "value of a pivot cache"',
        'reads metadata "Never shown: Vermilion Ledger"',
        'reads metadata "Title of the book"',
        f'reads embedded "{SSN_3}"',
        f'reads macros "{KEYWORD}"',
        "reads labels Secret",
    )
    book = BookB()
    part = book.sheet("Scan", b"")
    book.pack.part("xl/media/image1.png", ONE_PIXEL, "image/png")
    case("xlsb/honest/only-a-picture.xlsb", book.bytes([]), KIND_B, "misses pictures image_only")
    book = BookB()
    book.sheet("Bomb", b"".join(brow(i) + bcell(7, 0, struct.pack("<I", 0)) for i in range(1500)))
    case("xlsb/hostile/one-long-string-in-every-cell.xlsb", book.bytes(["Card " * 1600 + VISA]), "limit unpacked_bytes_max 400000", KIND_B, "match credit-card-number >=medium 1", "status ok")
    book = BookB()
    cells = brow(0) + bcell(6, 0, bstr(f"Card number {VISA}")) + bcell(7, 1, struct.pack("<I", 0xFFFFFFFF)) + bcell(6, 2, struct.pack("<I", 0x7FFFFFFF) + wide("cut"))
    book.sheet("Lies", cells + brec(64, struct.pack("<II", 0, 0xFFFFFFFF)) + b"\x00\xff\xff\xff\x7f")
    case("xlsb/hostile/counts-that-lie.xlsb", book.bytes([]), KIND_B, "match credit-card-number high 1 cell=A1", "gap corrupt xl/worksheets/sheet1.bin")


def build() -> None:
    honest()
    older()
    odd()
    hostile()
    binary_parts()
