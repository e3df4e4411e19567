"""Data that software keeps for itself: databases, property lists, drawings as text, calendars, cards, registries."""

import struct

from .case import case
from .opc import HEAD
from .values import *

PAGE = 1024


def number(value: int) -> bytes:
    """A number of one to nine bytes, for values below 2^56."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.insert(0, value & 0x7F | 0x80)
    return bytes(out)


def record(values: list[int | str | bytes | float | None], encoding: str = "utf-8") -> bytes:
    kinds, body = b"", b""
    for value in values:
        if value is None:
            kinds += b"\x00"
        elif isinstance(value, float):
            kinds, body = kinds + b"\x07", body + struct.pack(">d", value)
        elif isinstance(value, int):
            kinds, body = kinds + b"\x06", body + struct.pack(">q", value)
        else:
            data = value.encode(encoding) if isinstance(value, str) else value
            kinds, body = kinds + number(len(data) * 2 + (13 if isinstance(value, str) else 12)), body + data
    return number(len(kinds) + 1) + kinds + body


class Database:
    """Pages of a database; the first is the schema."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self.encoding, self.pages, self.schema = encoding, [b""], []

    def chain(self, data: bytes) -> int:
        """An overflow chain; gives its first page."""
        pieces = [data[i : i + PAGE - 4] for i in range(0, len(data), PAGE - 4)]
        first = len(self.pages) + 1
        for i, piece in enumerate(pieces):
            self.pages.append((struct.pack(">I", 0 if i == len(pieces) - 1 else first + i + 1) + piece).ljust(PAGE, b"\0"))
        return first

    def cell(self, row: int, values: list) -> bytes:
        data = record(values, self.encoding)
        most, least = PAGE - 35, (PAGE - 12) * 32 // 255 - 23
        head = number(len(data)) + number(row)
        if len(data) <= most:
            return head + data
        local = least + (len(data) - least) % (PAGE - 4)
        local = local if local <= most else least
        return head + data[:local] + struct.pack(">I", self.chain(data[local:]))

    def leaf(self, rows: list[list], slack: bytes = b"", first: int = 1, head: int = 0) -> bytes:
        cells = [self.cell(i, row) for i, row in enumerate(rows, first)]
        at, pointers, body = PAGE, b"", b""
        for cell in cells:
            at -= len(cell)
            pointers += struct.pack(">H", at)
            body = cell + body
        page = bytes(head) + struct.pack(">BHHHB", 13, 0, len(cells), at, 0) + pointers
        return page + bytes(at - len(slack) - len(page)) + slack + body

    def table(self, name: str, sql: str, rows: list[list], slack: bytes = b"", split: int = 0) -> None:
        if split:
            halves = [self.leaf(rows[:split], slack), self.leaf(rows[split:], b"", split + 1)]
            self.pages += halves
            left, right = len(self.pages) - 1, len(self.pages)
            cell = struct.pack(">I", left) + number(split)
            at = PAGE - len(cell)
            inner = struct.pack(">BHHHBIH", 5, 0, 1, at, 0, right, at)
            self.pages.append(inner.ljust(at, b"\0") + cell)
        else:
            self.pages.append(self.leaf(rows, slack))
        self.schema.append(["table", name, name, len(self.pages), sql])

    def finish(self, free: bytes = b"") -> bytes:
        if free:
            self.pages.append(free.ljust(PAGE, b"\0"))
        self.pages[0] = self.leaf(self.schema, head=100)
        code = {"utf-8": 1, "utf-16-le": 2, "utf-16-be": 3}[self.encoding]
        header = b"SQLite format 3\0" + struct.pack(">HBBBBBB", PAGE, 1, 1, 0, 64, 32, 32)
        header += struct.pack(">IIIIIIIIIIII", 1, len(self.pages), len(self.pages) if free else 0, 1 if free else 0, 1, 4, 0, 0, code, 0, 0, 0)
        header = header.ljust(92, b"\0") + struct.pack(">II", 1, 3045000)
        # The words of the header stand at fixed places: change counter 24, size 28, encoding 56.
        header = header[:24] + struct.pack(">II", 1, len(self.pages)) + header[32:56] + struct.pack(">I", code) + header[60:]
        self.pages[0] = header + self.pages[0][100:]
        return b"".join(self.pages)


def plist(objects: list[bytes], top: int = 0) -> bytes:
    out, offsets = b"bplist00", []
    for data in objects:
        offsets.append(len(out))
        out += data
    table = b"".join(struct.pack(">H", o) for o in offsets)
    return out + table + bytes(6) + bytes([2, 1]) + struct.pack(">QQQ", len(objects), top, len(out))


def string(text: str) -> bytes:
    marker, count, data = (0x50, len(text), text.encode()) if text.isascii() else (0x60, len(text), text.encode("utf-16-be"))
    return (bytes([marker | count]) if count < 15 else bytes([marker | 15, 0x10, count])) + data


def build() -> None:
    databases()
    lists()
    texts()


def databases() -> None:
    kind = "kind application/vnd.sqlite3"
    sql = "CREATE TABLE staff (id INTEGER PRIMARY KEY, name TEXT, ssn TEXT, note TEXT, photo BLOB)"
    note = "A long note. " * 120 + f"IBAN {IBAN_DE}. " + "More of it. " * 60
    attached = f"{HEAD}<staff><itin>ITIN {ITIN}</itin></staff>".encode()
    rows = [[None, "Anna Adler", SSN, note, None], [None, "Bo Berg", SSN_2, None, attached], [None, "Cy", "none", 2.5, None]]
    base = Database()
    base.table("staff", sql, rows, b"\x10Card number: " + VISA.encode() + b"\0\0", split=2)
    base.table("cards", "CREATE TABLE cards (number INTEGER, \"card holder\" TEXT)", [[int(MASTERCARD), "Anna"]])
    free = bytes(8) + f"Formerly paid with card number {AMEX} ".encode()
    facts = [
        "status ok",
        kind,
        "match us-ssn high 1 cell=R2C3",
        "match us-ssn high 1 cell=R3C3",
        'reads body "Anna Adler"',
        f'reads hidden "{VISA}"',
        f'reads hidden "{AMEX}"',
        'reads metadata "staff"',
        f'reads embedded "{ITIN}"',
        f'text "IBAN {IBAN_DE}"',
        'text "card holder"',
        f'text "{MASTERCARD}"',
    ]
    whole = base.finish(free)
    case("sqlite/honest/staff.sqlite", whole, *facts)
    wide = Database("utf-16-le")
    wide.table("staff", sql, [[None, "Jürgen", SSN, None, None]])
    case("sqlite/odd/utf-16.db", wide.finish(), kind, "match us-ssn high 1 cell=R2C3", 'text "Jürgen"')
    case("sqlite/hostile/cut.sqlite", whole[: PAGE * 4 + 100], kind, "gap corrupt")
    loop = Database()
    loop.table("staff", sql, rows[1:], split=1)
    pages = bytearray(loop.finish())
    at = PAGE * 3
    pages[at + 8 : at + 12] = struct.pack(">I", 4)
    case("sqlite/hostile/tree-in-a-circle.sqlite", bytes(pages), kind, "match us-ssn high 1")
    over = Database()
    over.table("staff", sql, rows[1:2])
    pages = bytearray(over.finish())
    start = struct.unpack_from(">H", pages, PAGE + 8)[0]
    for i in range(100):
        struct.pack_into(">H", pages, PAGE + 8 + 2 * i, start - i)
    struct.pack_into(">H", pages, PAGE + 3, 100)
    case("sqlite/hostile/cells-over-each-other.sqlite", bytes(pages), kind, "match us-ssn high 1", "unique us-ssn 1")


def lists() -> None:
    kind = "kind application/x-plist"
    held = base64.b64encode(f"{HEAD}<staff><itin>ITIN {ITIN}</itin></staff>".encode()).decode()
    text = f'{HEAD}<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><dict><key>SSN</key><string>{SSN}</string><key>cards</key><array><string>Card number {VISA}</string></array><key>data</key><data>\n{held}\n</data></dict></plist>'
    facts = ["status ok", kind, "match us-ssn high 1", f'reads body "SSN: {SSN}"', f'reads embedded "{ITIN}"', "match credit-card-number high 1", 'not-text "DOCTYPE"']
    case("plist/honest/text.plist", text, *facts)
    data = base64.b64decode(held)
    objects = [bytes([0xD3, 1, 2, 3, 4, 5, 6]), string("SSN"), string("Größe"), string("data"), string(SSN), bytes([0xA2, 7, 8]), bytes([0x4F, 0x10, len(data)]) + data, string(f"Card number {VISA}"), bytes([0x13]) + struct.pack(">q", int(MASTERCARD))]
    whole = plist(objects)
    facts = ["status ok", kind, "match us-ssn high 1", f'reads body "SSN: {SSN}"', f'reads embedded "{ITIN}"', f'text "Größe: Card number {VISA}"', f'text "{MASTERCARD}"']
    case("plist/honest/binary.plist", whole, *facts)
    case("plist/hostile/array-in-itself.plist", plist([bytes([0xA3, 0, 0, 1]), string(f"SSN: {SSN}")]), kind, "match us-ssn high 1")
    case("plist/hostile/trailer-lost.plist", whole[:-20], kind, "gap corrupt")


def texts() -> None:
    held = base64.b64encode(f"IBAN {IBAN_GB} of the firm\n".encode()).decode()
    svg = f"""{HEAD}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100"><!-- was {IBAN_FR} --><title>Plan by {EMAIL}</title>
<path d="M4539 1381 L9838 1881 C3704 0044 0532 0130"/><text x="1" y="2">Card number: {VISA[:6]}<tspan fill="red">{VISA[6:]}</tspan></text><g display="none"><text>SSN: {SSN_2}</text></g>
<script>var itin = "{ITIN}";</script><image xlink:href="data:text/plain;base64,{held}"/></svg>"""
    facts = [
        "status ok",
        "kind image/svg+xml",
        f'reads body "Card number: {VISA}"',
        f'reads comments "{IBAN_FR}"',
        f'reads hidden "{SSN_2}"',
        f'reads metadata "Plan by {EMAIL}"',
        f'reads macros "{ITIN}"',
        f'reads embedded "{IBAN_GB}"',
        'not-text "M4539"',
    ]
    case("svg/honest/drawing.svg", svg, *facts)
    case("svg/hostile/never-closed.svg", f'{HEAD}<svg xmlns="x">' + "<g>" * 3000 + f"<text>SSN: {SSN}", "gap corrupt", "match us-ssn high 1")
    page = f'<html><body><p>Card number: {VISA}</p><img alt="x" src="data:text/plain;base64,{held}"><iframe src="data:text/html,%3Cp%3ESSN:%20{SSN}%3C/p%3E"></iframe></body></html>'
    case("html/odd/files-in-addresses.html", page, "status ok", f'reads embedded "{IBAN_GB}"', "match us-ssn high 1", "unique us-ssn 1")
    card = f"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Adler;Anna;;;\r\nEMAIL:{EMAIL}\r\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller, SSN: {SSN[:5]}=\r\n{SSN[5:]}\r\nX-CARD:Card number\r\n  {VISA[:8]}\r\n {VISA[8:]}\r\nKEY;ENCODING=BASE64:{held[:20]}\r\n {held[20:]}\r\n\r\nEND:VCARD\r\n"
    facts = ["status ok", "kind text/plain", "match us-ssn high 1", f'text "Card number {VISA}"', f'reads embedded "{IBAN_GB}"', 'text "Müller"']
    case("txt/odd/card.vcf", card, *facts)
    event = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Pay\\, IBAN {IBAN_DE[:9]}\r\n {IBAN_DE[9:]}\\nand\\; SSN: {SSN}\r\nATTENDEE;CN=\"Anna: {KEYWORD}\":mailto:{EMAIL}\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:{held}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    facts = ["status ok", "kind text/plain", "match us-ssn high 1", "match iban high 2", "match email >=low 1", f'text "{KEYWORD}"']
    case("txt/odd/calendar.ics", event, *facts)
    digits = ",".join(f"{b:02x}" for b in f"SSN: {SSN}\0".encode("utf-16-le"))
    keys = f'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\Corpus]\r\n"Card number"="{VISA}"\r\n"note"=hex(2):{digits[:60]}\\\r\n  {digits[60:]}\r\n'
    case("txt/odd/registry.reg", b"\xff\xfe" + keys.encode("utf-16-le"), "status ok", "match us-ssn high 1", "match credit-card-number high 1")
    dump = f"INSERT INTO staff VALUES (1,'Anna ''A'' Adler','{SSN}','{VISA}');\nINSERT INTO staff VALUES (2,'Bo','{SSN_2}',NULL);\n-- SSN and card number of staff\n"
    case("txt/odd/dump.sql", dump, "status ok", "match us-ssn >=low 2", "match credit-card-number >=low 1", f'text "{SSN_2}"')
