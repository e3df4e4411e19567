"""Presentations of PowerPoint 97 to 2003 (MS-PPT)."""

import struct
import zlib

from .biff import Sheet, workbook
from .case import case
from .cfb import compound
from .packing import deflate
from .project import project
from .properties import properties
from .rc4 import CryptoApi, rc4
from .values import *

KIND = "kind application/vnd.ms-powerpoint"
LABEL, TENANT = "1c7e9a40-5b1d-4f7e-9a77-0d5c3f1b2a05", "7d0a5c1e-2222-4b6f-8c3d-9e8f7a6b5c01"
PASSWORD = "frisk-corpus"


def atom(kind: int, body: bytes = b"", instance: int = 0, version: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4 | version, kind, len(body)) + body


def box(kind: int, *children: bytes, instance: int = 0) -> bytes:
    """A container."""
    return atom(kind, b"".join(children), instance, 15)


def wide(text: str) -> bytes:
    return text.replace("\n", "\r").encode("utf-16-le")


def string(text: str, instance: int = 0) -> bytes:
    return atom(0x0FBA, wide(text), instance)


def text(value: str, kind: int = 4) -> bytes:
    """Text of a shape or of the outline: in single bytes if it can be."""
    head = atom(0x0F9F, struct.pack("<I", kind))
    try:
        return head + atom(0x0FA8, value.replace("\n", "\r").encode("latin-1"))
    except UnicodeEncodeError:
        return head + atom(0x0FA0, wide(value))


def shape(content: bytes = b"", alternative: str = "", placeholder: int | None = None, at: tuple[int, int] | None = None, table: bytes = b"") -> bytes:
    parts = [atom(0xF00A, struct.pack("<II", 1026, 0x0A00), 1, 2)]
    if alternative:
        value = wide(alternative + "\0")
        parts.append(atom(0xF00B, struct.pack("<HI", 0xC381, len(value)) + value, 1, 3))
    if table:
        parts.append(atom(0xF122, table, 1, 3))
    if at:
        top, left = at
        parts.append(atom(0xF00F, struct.pack("<iiii", left, top, left + 90, top + 40)))
    if placeholder is not None:
        parts.append(box(0xF011, atom(0x0BC3, struct.pack("<iBBH", 0, placeholder, 0, 0))))
    if content:
        parts.append(box(0xF00D, content))
    return box(0xF004, *parts)


def table(rows: list[list[str]]) -> bytes:
    cells = [shape(text(value), at=(r * 50, c * 100)) for r, row in enumerate(rows) for c, value in enumerate(row)]
    # A group that is a table, its cells from the last one to the first.
    return box(0xF003, shape(table=struct.pack("<HI", 0x039F, 1)), *reversed(cells))


def drawing(*shapes: bytes) -> bytes:
    return box(0x040C, box(0xF002, atom(0xF008, struct.pack("<II", 2, 1026), 1), box(0xF003, shape(), *shapes)))


def slide(*shapes: bytes, hidden: bool = False, notes: int = 0, more: bytes = b"", kind: int = 0x03EE) -> bytes:
    first = atom(0x03EF, struct.pack("<I8sIIHH", 1, bytes(8), 0x80000000, notes, 7, 0), 0, 2)
    info = atom(0x03F9, struct.pack("<IIBBHBBH", 0, 0, 0, 0, 4, 0, 0, 0)) if hidden else b""
    return box(kind, first, info, drawing(*shapes), more)


def listed(instance: int, *entries: tuple[int, int, bytes]) -> bytes:
    """A list of (object, id, outline)."""
    return box(0x0FF0, *(atom(0x03F3, struct.pack("<IIiII", number, 4, 0, identity, 0)) + outline for number, identity, outline in entries), instance=instance)


def document(*children: bytes) -> bytes:
    first = atom(0x03E9, struct.pack("<iiiiiiIIHH", 5760, 4320, 4320, 5760, 5, 10, 0, 0, 1, 0) + bytes(4), 0, 1)
    return box(0x03E8, first, *children, atom(0x03EA))


class File:
    """A file of one or several edits."""

    def __init__(self, seal=None) -> None:
        self.stream, self.last, self.seal, self.next = b"", 0, seal, 1

    def edit(self, objects: dict[int, bytes]) -> None:
        places = {}
        if self.seal:
            objects = objects | {99: atom(0x2F14, self.seal.header(), 0, 15)}
        for number, content in objects.items():
            places[number] = len(self.stream)
            self.stream += rc4(self.seal.key(number), content) if self.seal and number != 99 else content
        directory = b"".join(struct.pack("<II", 1 << 20 | number, place) for number, place in places.items())
        start = len(self.stream)
        self.stream += atom(0x1772, directory)
        edit = struct.pack("<IHBBIIIIHH", 256, 0, 0, 3, self.last, start, 1, 100, 1, 0) + (struct.pack("<I", 99) if self.seal else b"")
        self.last = len(self.stream)
        self.stream += atom(0x0FF5, edit)

    def streams(self, user: str = "Corpus") -> dict[str, bytes]:
        token = 0xF3D1C4DF if self.seal else 0xE391C05F
        body = struct.pack("<IIIHHBBH", 20, token, self.last, len(user), 0x03F4, 3, 0, 0) + user.encode() + struct.pack("<I", 8) + wide(user)
        return {"PowerPoint Document": self.stream, "Current User": atom(0x0FF6, body)}

    def bytes(self, more: dict[str, bytes] | None = None) -> bytes:
        return compound(self.streams() | (more or {}))


def simple(*shapes: bytes) -> dict[int, bytes]:
    return {1: document(listed(0, (2, 256, b""))), 2: slide(*shapes)}


def honest() -> None:
    link = box(0x0409, box(0x0FD7, atom(0x0FD3, struct.pack("<I", 1)), string("words of a link"), string("https://example.com/deck?id=4711", 1)))
    feet = box(0x0FD9, atom(0x0FDA, bytes(4)), string("Head of the notes", 1), string("Foot of the slides", 2), instance=3)
    comment = box(0x1388, box(0x138A, string("___PPT10"), atom(0x138B, box(0x2EE0, string("Author of a comment"), string(f"Comment: card {groups(MASTERCARD)}", 1), string("AC", 2), atom(0x2EE1, bytes(28))))))
    first = slide(
        shape(atom(0x0F9E, struct.pack("<I", 0)), placeholder=13),
        shape(text(f"SSN: {SSN}\nsecond paragraph")),
        shape(text("Überschrift – 機密"), alternative="alternative text of a shape"),
        table([["Name", "Card number"], ["Anna Adler", groups(VISA)]]),
        shape(text("*"), placeholder=8),
        notes=512,
        more=comment,
    )
    hidden = slide(shape(text(f"hidden slide {EMAIL}")), hidden=True)
    notes = box(0x03F0, atom(0x03F1, struct.pack("<IHH", 256, 0, 0), 0, 1), drawing(shape(text(f"Notes: IBAN {IBAN_DE}"), placeholder=12)))
    master = box(0x03F8, drawing(shape(text("Click to edit Master title style"), placeholder=1), shape(text("words typed on the master"))))
    packed = lambda data: struct.pack("<I", len(data)) + b"\x78\x9c" + deflate(data) + struct.pack(">I", zlib.adler32(data))
    sheet = Sheet("Inside")
    sheet.label(0, 0, f"SSN: {SSN_3}")
    inside = compound({"Workbook": workbook([sheet])})
    macros = compound(project(f"' Password of the server: {KEYWORD}"))
    lists = [listed(1, (6, 1, b"")), listed(0, (2, 256, text("Title in the outline", 0) + text("left over in the outline", 1)), (3, 257, b"")), listed(2, (4, 512, b""))]
    file = File()
    file.edit({
        1: document(link, *lists, feet),
        2: slide(shape(text(f"before the edit {AMEX}"))),
        3: hidden,
        4: notes,
        6: master,
        7: atom(0x1011, packed(inside), 1),
        8: atom(0x1011, packed(macros), 1),
    })
    file.edit({2: first})
    custom = {f"MSIP_Label_{LABEL}_Enabled": "true", f"MSIP_Label_{LABEL}_Name": "Secret", f"MSIP_Label_{LABEL}_SiteId": TENANT}
    case(
        "ppt/honest/every-part.ppt",
        file.bytes(properties("Title of the deck", "Author of the deck", custom)),
        KIND,
        "status ok",
        'reads body "Title in the outline"',
        'text "left over in the outline"',
        'text "Überschrift – 機密"',
        "match us-ssn high 1 slide=1",
        "match credit-card-number high 1 slide=1 cell=R2C2",
        'reads headers "Foot of the slides"',
        f'reads notes "{IBAN_DE}"',
        "match iban high 1 part=notes slide=1",
        f'reads comments "{groups(MASTERCARD)}"',
        f'reads hidden "hidden slide {EMAIL}"',
        f'reads changes "before the edit {AMEX}"',
        f'reads drawings "SSN: {SSN}"',
        'reads metadata "alternative text of a shape"',
        'reads metadata "https://example.com/deck?id=4711"',
        'reads metadata "Title of the deck"',
        'text "words typed on the master"',
        'not-text "Click to edit"',
        f'reads embedded "{SSN_3}"',
        f'reads macros "{KEYWORD}"',
        "reads labels Secret",
    )
    for password, how, told in ((PASSWORD, "a-password", "protection password_encrypted"), ("/01Hannes Ruescher/01", "the-default-password", "protection encrypted")):
        file = File(CryptoApi(password))
        file.edit(simple(shape(text(f"Card number {groups(VISA)}\nSealed text"))))
        case(f"ppt/honest/encrypted-with-{how}.ppt", file.bytes(), KIND, "status ok", "match credit-card-number high 1 slide=1", 'reads passwords "Sealed text"', told)
    file = File(CryptoApi("nobody knows"))
    file.edit(simple(shape(text(f"Card number {groups(VISA)}"))))
    case("ppt/honest/encrypted-unknown-password.ppt", file.bytes(), KIND, "no-match *", "gap password_protected", "protection password_encrypted")
    file = File()
    file.edit(simple())
    case("ppt/honest/only-a-picture.ppt", file.bytes({"Pictures": bytes(100)}), KIND, "misses pictures image_only")


def odd() -> None:
    file = File()
    file.edit(simple(shape(text(f"Card number {groups(VISA)}"))))
    streams = file.streams()
    case("ppt/odd/no-current-user.ppt", compound({"PowerPoint Document": streams["PowerPoint Document"]}), KIND, "status ok", "match credit-card-number high 1 slide=1")
    bare = slide(shape(text(f"Card number {groups(VISA)}"))) + slide(shape(text(f"SSN: {SSN}"))) + document()
    case("ppt/odd/no-directory.ppt", compound({"PowerPoint Document": bare}), KIND, "match credit-card-number high 1 slide=1", "match us-ssn high 1 slide=2")
    same = File()
    same.edit(simple(shape(text("said in both edits")), shape(text(f"SSN: {SSN}"))))
    same.edit({2: slide(shape(text("said in both edits")), shape(text(f"SSN: {SSN}")))})
    case("ppt/odd/two-edits-that-say-the-same.ppt", same.bytes(), KIND, "status ok", "match us-ssn high 1")


def hostile() -> None:
    deep = shape(text(f"Card number {groups(VISA)}"))
    for _ in range(2000):
        deep = box(0xF003, deep)
    file = File()
    file.edit(simple(shape(text(f"SSN: {SSN}")), deep))
    case("ppt/hostile/groups-in-groups.ppt", file.bytes(), KIND, "match us-ssn high 1", "gap depth_exceeded")
    many = File()
    objects = simple(shape(text(f"SSN: {SSN}")))
    many.edit(objects)
    # Every place of the slide is an object of its own.
    start = len(document(listed(0, (2, 256, b""))))
    places = b"".join(struct.pack("<II", 1 << 20 | number, start + number) for number in range(3, 3000))
    where = len(many.stream)
    many.stream += atom(0x1772, places)
    many_edit = struct.pack("<IHBBIIIIHH", 256, 0, 0, 3, many.last, where, 1, 100, 1, 0)
    many.last = len(many.stream)
    many.stream += atom(0x0FF5, many_edit)
    case("ppt/hostile/objects-that-overlap.ppt", many.bytes(), KIND, "match us-ssn >=medium 1")
    ring = File()
    ring.edit(simple(shape(text(f"SSN: {SSN}"))))
    ring.stream = ring.stream[: ring.last + 16] + struct.pack("<I", ring.last) + ring.stream[ring.last + 20 :]
    case("ppt/hostile/edits-in-a-ring.ppt", ring.bytes(), KIND, "match us-ssn high 1 slide=1")
    bomb = File()
    bomb.edit(simple(shape(text("small"))) | {7: atom(0x1011, struct.pack("<I", 0xFFFFFFFF) + b"\x78\x9c\x4b", 1)})
    case("ppt/hostile/object-that-is-cut-off.ppt", bomb.bytes(), KIND, "gap corrupt", 'text "small"')


def build() -> None:
    honest()
    odd()
    hostile()
