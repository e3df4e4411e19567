"""Visio drawings: binary ones written by hand (trailer, pointers, chunks), and packages."""

import struct

from .case import case
from .cfb import compound
from .labels import A, keys
from .opc import HEAD, Package
from .values import *

MAIN = "http://schemas.microsoft.com/office/visio/2012/main"


def packed(data: bytes) -> bytes:
    """LZSS as Visio writes it, of single bytes but for runs of zeros."""
    out, at = bytearray(), 0
    while at < len(data):
        flags, items = 0, bytearray()
        for bit in range(8):
            if at >= len(data):
                break
            if at >= 1 and data[at - 1 : at + 3] == bytes(4):
                place = (at - 1 - 18) % 4096
                items += bytes([place & 0xFF, place >> 4 & 0xF0])
                at += 3
            else:
                flags |= 1 << bit
                items.append(data[at])
                at += 1
        out += bytes([flags]) + items
    return bytes(out)


def chunk(kind: int, data: bytes) -> bytes:
    return struct.pack("<IIIIHB", kind, 1, 0, len(data), 1, 0x50) + data


def words(text: str, wide: bool) -> bytes:
    """A string among cells."""
    return b"\x00\x02\x60" + bytes([len(text)]) + (text.encode("utf-16-le") + b"\0\0" if wide else text.encode("cp1251") + b"\0")


class Stream:
    """The stream of a drawing; `add` gives the pointer to what was added."""

    def __init__(self, version: int) -> None:
        self.version, self.data = version, bytearray(0x80)
        self.data[:20] = b"Visio (TM) Drawing\r\n"
        self.data[26] = version

    def add(self, kind: int, form: int, body: bytes) -> bytes:
        body = packed(body) if form & 2 else body
        offset = len(self.data)
        self.data += body
        if self.version < 6:
            return struct.pack("<HHIII", kind, form, 0, offset, len(body))
        return struct.pack("<IIIIH", kind, 0, offset, len(body), form)

    def pointers(self, kind: int, form: int, items: list[bytes], count: int | None = None) -> bytes:
        count = len(items) if count is None else count
        if self.version < 6:
            at = {0x14: 0x82, 0x15: 0x42, 0x1D: 0x1E, 0x1E: 0x36}.get(kind, 0x0A)
            body = bytes(at) + struct.pack("<H", count) + b"".join(items)
            return self.add(kind, form, (bytes(4) if form & 2 else b"") + body)
        body = struct.pack("<IIII", 8, 18 * count, count, 0) + b"".join(items)
        if form & 2:
            body = bytes(4) + body
        return self.add(kind, form, body)

    def finish(self, items: list[bytes], extra: dict[str, bytes] | None = None) -> bytes:
        trailer = self.pointers(0x14, 0x52, items)
        self.data[36 : 36 + len(trailer)] = trailer
        return compound({"VisioDocument": bytes(self.data)} | (extra or {}))


def properties(values: dict[str, str]) -> bytes:
    """A property set of custom properties (MS-OLEPS), as its first section and its second."""
    names = struct.pack("<I", len(values)) + b"".join(struct.pack("<II", i, len(k) + 1) + k.encode() + b"\0" for i, k in enumerate(values, 2))
    items = [(0, names), (1, struct.pack("<II", 2, 1252))]
    items += [(i, struct.pack("<II", 30, len(v) + 1) + v.encode() + b"\0" + bytes(-(len(v) + 1) % 4)) for i, v in enumerate(values.values(), 2)]
    body, table = b"", b""
    for number, data in items:
        table += struct.pack("<II", number, 8 + 8 * len(items) + len(body))
        body += data + bytes(-len(data) % 4)
    section = struct.pack("<II", 8 + len(table) + len(body), len(items)) + table + body
    summary = bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae")
    custom = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
    empty = struct.pack("<II", 8, 0)
    first = 28 + 40
    head = struct.pack("<HHI", 0xFFFE, 0, 0x20006) + bytes(16) + struct.pack("<I", 2)
    return head + summary + struct.pack("<I", first) + custom + struct.pack("<I", first + len(empty)) + empty + section


def drawing(version: int) -> bytes:
    wide = version > 6

    def text(value: str) -> bytes:
        return chunk(0x0E, bytes(8) + (value.encode("utf-16-le") + b"\0\0" if wide else value.encode("cp1251") + b"\0"))

    def old(kind: int, data: bytes) -> bytes:
        return struct.pack("<HHBBHI", kind, 1, 1, 0, 0, len(data)) + data

    stream = Stream(version)
    if version < 6:
        shape = stream.add(0x48, 0xD2, old(0x0E, bytes(8) + f"Card number: {VISA}\n".encode() + b"\0") + old(0xB6, words(f"SSN: {SSN}", False)))
        return stream.finish([stream.pointers(0x15, 0x52, [shape])])
    cells = chunk(0xB6, struct.pack("<d", 4.25) + words("Customer", wide) + words(f"SSN: {SSN}", wide)) + chunk(0xC6, words(f"Pay to IBAN {IBAN_DE}", wide))
    shape = stream.add(0x48, 0xD6, text(f"Card number: {VISA}\n") + cells + text("Вторая строка текста на русском языке"))
    note = f"ITIN of Bo: {ITIN}\n".encode()
    held = stream.add(0x4E, 0xD6, chunk(0x1F, note))
    page = stream.pointers(0x15, 0x52, [shape, held])
    master = stream.pointers(0x1D, 0x50, [stream.pointers(0x1E, 0x52, [stream.add(0x48, 0xD4, text(f"Write to {EMAIL}"))])])
    extra = {"\x05DocumentSummaryInformation": properties(keys(A, "Confidential"))}
    return stream.finish([master, stream.pointers(0x27, 0x50, [page])], extra)


def build() -> None:
    kind = "kind application/vnd.visio"
    facts = [
        "status ok",
        kind,
        "match credit-card-number high 1 page=1",
        f'reads body "Card number: {VISA}"',
        f'reads comments "{IBAN_DE}"',
        f'reads metadata "SSN: {SSN}"',
        f'reads embedded "{ITIN}"',
        "reads labels Confidential",
        'text "Вторая строка текста на русском языке"',
        f'text "{EMAIL}"',
    ]
    case("vsd/honest/visio-2003.vsd", drawing(11), *facts)
    case("vsd/honest/visio-2002-in-cyrillic.vsd", drawing(6), *facts)
    case("vsd/odd/visio-5.vsd", drawing(5), kind, "match credit-card-number high 1 page=1", "match us-ssn high 1")
    text = chunk(0x0E, bytes(8) + f"SSN: {SSN}".encode("utf-16-le"))
    liar = Stream(11)
    good = liar.add(0x48, 0xD4, struct.pack("<IIIIHB", 0x0E, 1, 0, 0x7FFFFFFF, 1, 0x50) + text)
    case("vsd/hostile/chunk-longer-than-its-stream.vsd", liar.finish([good]), "gap corrupt", "match us-ssn high 1")
    ring = Stream(11)
    shape = ring.add(0x48, 0xD4, text)
    here = len(ring.data)
    loop = struct.pack("<IIIIH", 0x15, 0, here, 16 + 36, 0x50)
    ring.pointers(0x15, 0x50, [loop, shape])
    case("vsd/hostile/pointers-in-a-circle.vsd", ring.finish([loop, loop, shape, shape]), "match us-ssn high 1", "unique us-ssn 1")
    many = Stream(11)
    case("vsd/hostile/more-pointers-than-bytes.vsd", many.finish([many.pointers(0x15, 0x50, [many.add(0x48, 0xD4, text)], 0x7FFFFFF)]), "gap corrupt", "match us-ssn high 1")
    packages()


def packages() -> None:
    pack = Package()
    visio = "http://schemas.microsoft.com/visio/2010/relationships"
    media = "application/vnd.ms-visio"
    pack.relate("", f"{visio}/document", "visio/document.xml")
    pack.part("visio/document.xml", f'{HEAD}<VisioDocument xmlns="{MAIN}"><DocumentSheet><Cell N="OutputFormat" V="987654"/></DocumentSheet></VisioDocument>', f"{media}.drawing.main+xml")
    pack.relate("visio/document.xml", f"{visio}/pages", "pages/pages.xml")
    pack.part("visio/pages/pages.xml", f'{HEAD}<Pages xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><Page ID="0" Name="Plan of Bo"><Rel r:id="rId1"/></Page></Pages>', f"{media}.pages+xml")
    pack.relate("visio/pages/pages.xml", f"{visio}/page", "page1.xml")
    data = f'<Section N="Property"><Row N="Row_1"><Cell N="Label" V="SSN"/><Cell N="Value" V="{SSN}" U="STR"/></Row></Section><Section N="Hyperlink"><Row N="H"><Cell N="Address" V="mailto:{EMAIL}"/></Row></Section>'
    shape = f'<Shape ID="1" Type="Shape"><Cell N="PinX" V="5.823490813648296" F="Inh"/>{data}<Text><cp IX="0"/>Card number: {VISA[:7]}<cp IX="1"/>{VISA[7:]}<fld IX="0"> and a field</fld>\n</Text></Shape>'
    pack.part("visio/pages/page1.xml", f'{HEAD}<PageContents xmlns="{MAIN}"><Shapes>{shape}</Shapes></PageContents>', f"{media}.page+xml")
    pack.relate("visio/document.xml", f"{visio}/comments", "comments.xml")
    pack.part("visio/comments.xml", f'{HEAD}<Comments xmlns="{MAIN}"><AuthorList><AuthorEntry ID="1" Name="Anna"/></AuthorList><CommentList><CommentEntry AuthorID="1">IBAN {IBAN_DE}</CommentEntry></CommentList></Comments>', f"{media}.comments+xml")
    pack.part("visio/embeddings/staff.txt", f"ITIN of Bo: {ITIN}\n", "application/octet-stream")
    pack.properties(title="Budget", custom=keys(A, "Confidential"))
    facts = [
        "status ok",
        "kind application/vnd.ms-visio.drawing",
        "match credit-card-number high 1 page=1",
        f'reads body "{VISA} and a field"',
        f'reads comments "IBAN {IBAN_DE}"',
        f'reads metadata "SSN: {SSN}"',
        'reads names "Plan of Bo"',
        f'reads embedded "{ITIN}"',
        "reads labels Confidential",
        'not-text "5.8234"',
    ]
    case("vsdx/honest/drawing.vsdx", pack.bytes(), *facts)
    whole = pack.bytes()
    case("vsdx/hostile/cut.vsdx", whole[: len(whole) * 3 // 4], "gap corrupt")
