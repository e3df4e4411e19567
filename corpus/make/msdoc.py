"""Word documents in the binary formats (MS-DOC; Word 6 and 2 by their own layouts), byte by byte."""

import hashlib
import struct
from dataclasses import dataclass, field

from .pdf import rc4

# Places in the array of tables of the file information block.
HEADER_PARTS, CHARACTER_BINS, PARAGRAPH_BINS, FONTS, BOOKMARKS, PIECES = 11, 12, 13, 15, 21, 33
COMMENT_AUTHORS, DRAWINGS, REVISERS, VARIABLES, SAVED_BY = 36, 50, 51, 60, 71
STORIES = ("main", "footnotes", "headers", "macros", "comments", "endnotes", "boxes", "header_boxes")
TEXT = 0x800
PAGE = 512


@dataclass
class Run:
    """Characters of one formatting. `mark` is what the paragraph mark in it says of its paragraph."""

    text: str
    format: bytes = b""
    mark: bytes = b""
    wide: bool | None = None


def change(code: int, value: int) -> bytes:
    """One change of a property (MS-DOC 2.2.5.1), its length by its code."""
    size = {0: "B", 1: "B", 2: "H", 3: "I", 4: "H", 5: "H"}[code >> 13]
    return struct.pack(f"<H{size}", code, value)


HIDDEN, DELETED, INSERTED, SPECIAL = change(0x083C, 1), change(0x0800, 1), change(0x0801, 1), change(0x0855, 1)
CELL = change(0x2416, 1)
ROW = CELL + change(0x2417, 1)


def picture(place: int, data: bool = False) -> bytes:
    return SPECIAL + (change(0x0806, 1) if data else b"") + change(0x6A03, place)


def field_of(instruction: str, result: str) -> list[Run]:
    return [Run("\x13", SPECIAL), Run(instruction), Run("\x14", SPECIAL), Run(result), Run("\x15", SPECIAL)]


def table(rows: list[list[str]]) -> list[Run]:
    """Cells end in a mark, and so do rows behind their last cell."""
    runs = []
    for row in rows:
        runs += [Run(f"{cell}\x07", mark=CELL) for cell in row]
        runs.append(Run("\x07", mark=ROW))
    return runs


def strings(words: list[str], extra: bytes = b"") -> bytes:
    """A table of strings (MS-DOC 2.2.4)."""
    out = struct.pack("<HHH", 0xFFFF, len(words), len(extra))
    for word in words:
        out += struct.pack("<H", len(word)) + word.encode("utf-16-le") + extra
    return out


def xst(words: list[str], end: bytes = b"") -> bytes:
    return b"".join(struct.pack("<H", len(w)) + w.encode("utf-16-le") + end for w in words)


@dataclass
class Word97:
    """A document: stories of runs, and whatever tables go with them."""

    stories: dict[str, list[Run]]
    tables: dict[int, bytes] = field(default_factory=dict)
    data: bytes = b""
    #: Text that stands in the file and in no piece, in front of the rest.
    gone: list[Run] = field(default_factory=list)
    #: Whether the second half of the text stands in front of the first one, as after a fast save.
    turned: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    flags: int = 0
    #: What stands in front of the tables: the description of the encryption.
    lead: bytes = b""

    def streams(self, base: int = 0, next_page: int = 0) -> dict[str, bytes]:
        runs = [run for story in STORIES for run in self.stories.get(story, [])]
        # Every run is a piece of its own: as many as after many fast saves.
        characters, pieces, placed = 0, [], []
        for run in runs:
            wide = run.wide if run.wide is not None else not encodes(run.text)
            pieces.append((characters, run, wide))
            characters += len(run.text.encode("utf-16-le")) // 2
        order = list(range(len(pieces)))
        if self.turned:
            order = order[len(order) // 2 :] + order[: len(order) // 2]
        text, places, formats, marks = b"", {}, [], []

        def add(run: Run, wide: bool) -> int:
            nonlocal text
            if wide and len(text) % 2:
                text += b"\0"
            at = TEXT + len(text)
            text += run.text.encode("utf-16-le") if wide else run.text.encode("cp1252")
            formats.append((at, TEXT + len(text), run.format))
            marks.append((at, TEXT + len(text), run.mark))
            return at

        for run in self.gone:
            add(run, False)
        for index in order:
            _, run, wide = pieces[index]
            places[index] = add(run, wide)
        main = bytearray(TEXT) + text
        main += bytes(-len(main) % PAGE)
        bins = {}
        for number, runs_of, width in ((CHARACTER_BINS, formats, 1), (PARAGRAPH_BINS, marks, 13)):
            first, numbers, starts = len(main) // PAGE, [], []
            runs_of = [run for run in runs_of if run[0] < run[1]]
            for i in range(0, len(runs_of), 12):
                group = runs_of[i : i + 12]
                numbers.append(first + len(numbers))
                starts.append(group[0][0])
                main += page(group, width)
            ends = [runs_of[-1][1]] if runs_of else [0]
            bins[number] = b"".join(struct.pack("<I", n) for n in starts + ends + numbers)
        starts = [at for at, _, _ in pieces] + [characters]
        plc = b"".join(struct.pack("<I", n) for n in starts)
        for index, (_, _, wide) in enumerate(pieces):
            place = places[index] if wide else places[index] * 2 | 0x40000000
            plc += struct.pack("<HIH", 0, place, 0)
        tables = bins | {PIECES: b"\x02" + struct.pack("<I", len(plc)) + plc} | self.tables
        stored, pairs = self.lead, [(0, 0)] * 93
        for number, table_bytes in sorted(tables.items()):
            pairs[number] = (len(stored), len(table_bytes))
            stored += table_bytes
        lengths = {name: sum(len(r.text.encode("utf-16-le")) // 2 for r in self.stories.get(name, [])) for name in STORIES}
        lengths |= self.counts
        fib = struct.pack("<HHHHHHHI", 0xA5EC, 0xC1, 0, 0x0409, next_page, 0x0200 | self.flags, 0xBF, len(self.lead)) + bytes(6)
        fib += struct.pack("<II", TEXT, TEXT + len(text)) + struct.pack("<H", 14) + bytes(28) + struct.pack("<H", 22)
        fib += struct.pack("<III", len(main), 0, 0) + b"".join(struct.pack("<I", lengths[name]) for name in STORIES) + bytes(44)
        fib += struct.pack("<H", 93) + b"".join(struct.pack("<II", *pair) for pair in pairs)
        main[base : base + len(fib)] = fib
        return {"WordDocument": bytes(main), "1Table": stored} | ({"Data": self.data} if self.data else {})


def encodes(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def page(runs: list[tuple[int, int, bytes]], width: int) -> bytes:
    """A page of formatting: places, where the properties stand, and these from the end on (MS-DOC 2.9.32, 2.9.189)."""
    head = b"".join(struct.pack("<I", run[0]) for run in runs) + struct.pack("<I", runs[-1][1])
    offsets, body, at = b"", bytearray(PAGE), PAGE - 2
    for _, _, changes in runs:
        if width == 1:
            stored = bytes([len(changes)]) + changes if changes else b""
        elif width == 13:
            inside = b"\0\0" + changes + b"\0" * (len(changes) % 2)
            stored = b"\0" + bytes([len(inside) // 2]) + inside
        else:
            inside = b"\0\0" + changes + b"\0" * (len(changes) % 2)
            stored = bytes([len(inside) // 2]) + inside
        at -= len(stored)
        at -= at % 2
        body[at : at + len(stored)] = stored
        offsets += bytes([at // 2 if stored else 0]) + bytes(width - 1)
    body[: len(head + offsets)] = head + offsets
    assert len(head + offsets) <= at
    body[PAGE - 1] = len(runs)
    return bytes(body)


def encrypted(made: Word97, password: str) -> dict[str, bytes]:
    """The streams of a document under RC4 with 40 bits (MS-OFFCRYPTO 2.3.6; MS-DOC 2.2.6.2)."""
    md5 = lambda data: hashlib.md5(data).digest()
    salt, verifier = md5(b"salt"), md5(b"verifier")
    base = md5((md5(password.encode("utf-16-le"))[:5] + salt) * 16)[:5]
    key = lambda block: md5(base + struct.pack("<I", block))
    made.lead = struct.pack("<HH", 1, 1) + salt + rc4(key(0), verifier + md5(verifier))
    made.flags |= 0x100

    def sealed(stream: bytes, clear: int) -> bytes:
        blocks = (rc4(key(i // PAGE), stream[i : i + PAGE]) for i in range(0, len(stream), PAGE))
        return stream[:clear] + b"".join(blocks)[clear:]

    clear = {"WordDocument": 68, "1Table": len(made.lead)}
    return {name: sealed(stream, clear.get(name, 0)) for name, stream in made.streams().items()}


# ---- before Word 97 ------------------------------------------------------------------------------------------------


def word6(stories: dict[str, list[Run]], language: int = 0x0409, encoding: str = "cp1252", fonts: list[int] = [], pieces: bool = False, number: int = 0x68) -> bytes:
    """The one stream of a Word 6 or 95 document. Changes in runs have the codes of one byte of that time."""
    text, formats, marks, parts = b"", [], [], []
    for story in STORIES:
        for run in stories.get(story, []):
            at = TEXT + len(text)
            text += run.text.encode(encoding)
            formats.append((at, TEXT + len(text), run.format))
            marks.append((at, TEXT + len(text), run.mark))
            parts.append((at, TEXT + len(text)))
    if pieces:
        # A fast save: the second half stands in front.
        half = len(parts) // 2
        moved = text[parts[half][0] - TEXT :] + text[: parts[half][0] - TEXT]
        shift = len(text) - (parts[half][0] - TEXT)
        lower = lambda at: at - len(text) + shift if at >= parts[half][0] else at + shift
        places = [lower(at) for at, _ in parts]
        formats = sorted((lower(at), lower(at) + end - at, f) for at, end, f in formats)
        marks = sorted((lower(at), lower(at) + end - at, f) for at, end, f in marks)
        text = moved
    main = bytearray(TEXT) + text
    main += bytes(-len(main) % PAGE)
    tables = {}
    for number_of, runs_of, width in ((CHARACTER_BINS, formats, 1), (PARAGRAPH_BINS, marks, 7)):
        first, numbers, starts = len(main) // PAGE, [], []
        for i in range(0, len(runs_of), 12):
            group = runs_of[i : i + 12]
            numbers.append(first + len(numbers))
            starts.append(group[0][0])
            main += page(group, width)
        tables[number_of] = b"".join(struct.pack("<I", n) for n in starts + [runs_of[-1][1]]) + b"".join(struct.pack("<H", n) for n in numbers)
    if fonts:
        entries = b"".join(bytes([10, 0, 0x90, 1, charset, 0]) + b"Font\0" for charset in fonts)
        tables[FONTS] = struct.pack("<H", len(entries) + 2) + entries
    if pieces:
        plc = b"".join(struct.pack("<I", at - TEXT) for at, _ in parts) + struct.pack("<I", len(text))
        plc += b"".join(struct.pack("<HIH", 0, place, 0) for place in places)
        tables[PIECES] = b"\x02" + struct.pack("<I", len(plc)) + plc
    block = bytearray(0x2B0)
    struct.pack_into("<HHHHHHHI", block, 0, 0xA5DC, number, 0, language, 0, 4 if pieces else 0, number, 0)
    struct.pack_into("<II", block, 0x18, TEXT, TEXT + len(text))
    for i, story in enumerate(STORIES):
        struct.pack_into("<I", block, 0x34 + i * 4, sum(len(r.text.encode(encoding)) for r in stories.get(story, [])))
    for place, stored in tables.items():
        struct.pack_into("<II", block, 0x58 + place * 8, len(main), len(stored))
        main += stored
    main[: len(block)] = block
    return bytes(main)


def word2(text: str) -> bytes:
    """A file of Word for Windows 2, without a compound file around it."""
    stored = text.encode("cp1252")
    block = bytearray(0x180)
    struct.pack_into("<HHHHHH", block, 0, 0xA5DB, 0x2D, 0, 0x0409, 0, 0)
    struct.pack_into("<II", block, 0x18, 0x180, 0x180 + len(stored))
    struct.pack_into("<I", block, 0x34, len(stored))
    return bytes(block) + stored


# ---- property sets -------------------------------------------------------------------------------------------------

SUMMARY = bytes.fromhex("E0859FF2F94F6810AB9108002B27B3D9")
DOCUMENT_SUMMARY = bytes.fromhex("02D5CDD59C2E1B10939708002B2CF9AE")
CUSTOM = bytes.fromhex("05D5CDD59C2E1B10939708002B2CF9AE")


def property_set(*sections: tuple[bytes, dict[int, bytes]]) -> bytes:
    """A stream of property sets (MS-OLEPS 2.21)."""
    head = struct.pack("<HHI", 0xFFFE, 0, 0x00020105) + bytes(16) + struct.pack("<I", len(sections))
    at, body = len(head) + 20 * len(sections), b""
    for identifier, values in sections:
        head += identifier + struct.pack("<I", at + len(body))
        table, stored = b"", b""
        for key, value in values.items():
            table += struct.pack("<II", key, 8 + 8 * len(values) + len(stored))
            stored += value + bytes(-len(value) % 4)
        body += struct.pack("<II", 8 + len(table) + len(stored), len(values)) + table + stored
    return head + body


def words(text: str) -> bytes:
    """A value that is text in the code page of its section, here UTF-8."""
    stored = text.encode() + b"\0"
    return struct.pack("<HHI", 0x1E, 0, len(stored)) + stored


def custom(values: dict[str, str]) -> tuple[bytes, dict[int, bytes]]:
    names = struct.pack("<I", len(values))
    for i, name in enumerate(values):
        names += struct.pack("<II", i + 2, len(name) + 1) + name.encode() + b"\0"
    return CUSTOM, {0: names, 1: struct.pack("<HHHH", 2, 0, 65001, 0)} | {i + 2: words(v) for i, v in enumerate(values.values())}


def summary(**values: str) -> dict[str, bytes]:
    """The two streams of properties; `custom` is a dictionary of names and values."""
    first = {"title": 2, "subject": 3, "author": 4, "keywords": 5, "comments": 6, "template": 7, "last_author": 8}
    second = {"category": 2, "manager": 14, "company": 15}
    page_of = {1: struct.pack("<HHHH", 2, 0, 65001, 0)}
    one = page_of | {first[k]: words(v) for k, v in values.items() if k in first}
    two = page_of | {second[k]: words(v) for k, v in values.items() if k in second}
    own = [custom(values["custom"])] if "custom" in values else []
    return {
        "\x05SummaryInformation": property_set((SUMMARY, one)),
        "\x05DocumentSummaryInformation": property_set((DOCUMENT_SUMMARY, two), *own),
    }
