"""Word documents before docx: every place that holds text, what a fast save leaves behind, old versions, damage."""

import struct

from .case import case
from .cfb import compound, ole_native
from .labels import A, keys
from .msdoc import *
from .opc import label_info_xml
from .values import *

KIND = "kind application/msword"
OBJECT = bytes(20)


def doc(main: list[Run], more: dict[str, bytes] = {}, **made) -> bytes:
    stories = {"main": main} | made.pop("stories", {})
    return compound(Word97(stories, **made).streams() | more)


def build() -> None:
    every_place()
    texts()
    objects()
    older()
    damaged()


def every_place() -> None:
    main = [
        Run(f"Pay with card {groups(VISA)} today.\r"),
        Run("Hidden social security number: ", HIDDEN), Run(f"{SSN}", HIDDEN), Run("\r"),
        Run("See "), *field_of(f'HYPERLINK "https://files.example.org/{KEYWORD.replace(" ", "-")}"', "the ledger"), Run(" and note"), Run("\x02", SPECIAL),
        Run("\x05", SPECIAL), Run(".\r"),
        *table([["Name", "Social security number"], ["Anna", SSN_2], ["Bo", SSN_3]]),
        Run("Shown choice: "), Run("\x13", SPECIAL), Run(" FORMDROPDOWN "), Run("\x01", picture(0, data=True)), Run("\x15", SPECIAL), Run(" of three.\r"),
        Run("Bezeichnung: Übergröße – Größenwahn, 機密の番号\x1e7.\r"),
    ]
    form = struct.pack("<IHHH", 0xFFFFFFFF, 2 | 1 << 2, 0, 0) + xst(["Choice"], b"\0\0") + struct.pack("<H", 0) + xst([""] * 5, b"\0\0")
    form += strings(["Cayenne", "Vermilion", "Saffron"])
    data = struct.pack("<IH", 68 + len(form), 68) + bytes(62) + form
    parts = ["", "", "", "", "", "", "", f"Account IBAN {IBAN_DE}\r", "", f"Footer with {KEYWORD_2}\r", "", ""]
    ends, at = [], 0
    for part in parts:
        ends.append(at)
        at += len(part)
    art = f"Vermilion {KEYWORD_2} draft"
    stored = (art + "\0").encode("utf-16-le")
    shape = struct.pack("<HI", 0x80C0, len(stored))
    group = struct.pack("<HHI", 0x0F, 0xF000, 0)
    option = struct.pack("<HHI", 0x13, 0xF00B, len(shape + stored)) + shape + stored
    inside = struct.pack("<HHI", 0x0F, 0xF004, len(option)) + option
    drawing = b"\0" + struct.pack("<HHI", 0x0F, 0xF002, len(inside)) + inside
    variables = strings(["Client"], bytes(4)) + xst([f"Ärztekasse {EMAIL_2}"], b"\0\0")
    stories = {
        "footnotes": [Run("\x02", SPECIAL), Run(f" Social security number {SSN}\r")],
        "headers": [Run(part) for part in parts if part],
        "comments": [Run("\x05", SPECIAL), Run(f"Is {EMAIL} right?\r")],
        "endnotes": [Run("\x02", SPECIAL), Run(f" Endnote with card {groups(MASTERCARD)}\r")],
        "boxes": [Run(f"In a box: card {groups(AMEX, 4, 6, 5)}\r")],
    }
    tables = {
        HEADER_PARTS: b"".join(struct.pack("<I", n) for n in [*ends, at, at]),
        BOOKMARKS: strings(["_Toc1", "LarkspurBookmark"]), COMMENT_AUTHORS: xst(["Carla Commenter"]),
        REVISERS: strings(["Unknown", "Rita Reviser"]), SAVED_BY: strings(["Sam Saver", "C:\\Ledger\\plan.doc"]),
        VARIABLES: variables, DRAWINGS: group + drawing,
    }
    more = summary(title=f"Plan of {KEYWORD}", author="Anna Adler", last_author="Anna Adler", template="Normal.dot", company="Larkspur Ltd", custom=keys(A, "Confidential"))
    every = doc(main, more, stories=stories, tables=tables, data=data)
    case(
        "doc/honest/every-place.doc", every, KIND, "status ok",
        "match credit-card-number high 2 part=body", "match us-ssn high 1 part=hidden", "match us-ssn high 1 part=footnote",
        "match us-ssn high 1 cell=R2C2", "match us-ssn high 1 cell=R3C2", "match email >=low 1 part=comment",
        "match credit-card-number high 1 part=footnote", "match custom-keyword >=medium 1 part=footer", "match iban high 1 part=header",
        f'reads body "Pay with card {groups(VISA)} today."', f'reads headers "IBAN {IBAN_DE}"', f'reads notes "{SSN}"',
        'reads comments "Is anna.adler@example.com right?"', f'reads hidden "social security number: {SSN}"',
        f'reads drawings "In a box: card {groups(AMEX, 4, 6, 5)}"', 'reads forms "Shown choice: Vermilion of three."',
        f'reads metadata "Plan of {KEYWORD}"', f'reads labels "{A}"', f"label {A} Confidential active",
        'text "https://files.example.org/Project-Larkspur"', 'text "See the ledger and note."', 'not-text "_Toc1"', 'not-text "Normal.dot"',
        'text "LarkspurBookmark"', 'text "Carla Commenter"', 'text "Rita Reviser"', 'text "Sam Saver"', f'text "Client: Ärztekasse {EMAIL_2}"',
        f'text "{art}"', 'text "Übergröße – Größenwahn, 機密の番号-7."', 'not-text FORMDROPDOWN', 'text "Saffron"',
    )


def texts() -> None:
    number = groups(VISA)
    case(
        "doc/honest/tracked-changes.doc",
        doc([Run("The card is "), Run(f"{number}", DELETED), Run("with the bank", INSERTED), Run(", as agreed.\r"), Run("Next.\r")]),
        KIND, "status ok", f'reads changes "The card is {number}, as agreed."', 'text "The card is with the bank, as agreed."',
        "match credit-card-number high 1 part=tracked_change",
    )
    case(
        "doc/honest/fast-saved.doc",
        doc([Run("First, the card "), Run(f"{number[:9]}"), Run(f"{number[9:]}", wide=True), Run(" of Anna.\r"), Run("Last line.\r")],
            gone=[Run(f"Deleted later: social security number {SSN}.\r")], turned=True, flags=4),
        KIND, "status ok", f'text "First, the card {number} of Anna."', f'reads changes "Deleted later: social security number {SSN}."',
        "match credit-card-number high 1 part=body", "match us-ssn high 1 part=tracked_change",
    )
    base = Word97({"main": [Run("A letter.\r")]}).streams()
    entry = Word97({"main": [Run(f"Greeting from {KEYWORD}, card {number}\r")]}).streams()
    # The AutoText document has its block and its pages behind; here its text shares the stream of the other one.
    first = base["WordDocument"]
    behind = Word97({"main": [Run(f"Greeting from {KEYWORD}, card {number}\r")]}).streams()["WordDocument"]
    case("doc/honest/auto-text.dot", compound(shifted(first, base["1Table"], behind, entry["1Table"])), KIND, "status ok", f'text "Greeting from {KEYWORD}, card {number}"', 'text "A letter."')
    nested = [Run("\x13", SPECIAL), Run(" IF "), *field_of("MERGEFIELD Salary", "90000"), Run(' > 1 "rich" "poor" '), Run("\x14", SPECIAL), Run("rich"), Run("\x15", SPECIAL)]
    case(
        "doc/odd/fields-in-fields.doc",
        doc([Run("He is "), *nested, Run(" indeed.\r"), Run("Open: "), Run("\x13", SPECIAL), Run(f" never ended, card {number}\r")]),
        KIND, "status ok", 'text "He is rich indeed."', 'text "MERGEFIELD Salary"', f'text "card {number}"', 'text "IF 90000 > 1"',
    )
    case(
        "doc/odd/one-value-in-many-pieces.doc",
        doc([Run("Card "), *(Run(c, wide=i % 2 == 0) for i, c in enumerate(VISA)), Run(" ends.\r")]),
        KIND, "status ok", "match credit-card-number >=medium 1 part=body", f'text "Card {VISA} ends."',
    )
    symbols = b"".join([SPECIAL, struct.pack("<HHH", 0x6A09, 3, 0xF034)])
    case(
        "doc/odd/digits-as-symbols.doc", doc([Run("Card "), Run("(", symbols), Run(f"{VISA[1:]} ends.\r")]), KIND, "status ok", f'text "Card {VISA} ends."' if VISA[0] == "4" else "status ok",
    )


def shifted(first: bytes, first_table: bytes, second: bytes, second_table: bytes) -> dict[str, bytes]:
    """Two documents in one stream: everything of the second one stands `len(first)` bytes further back."""
    by, table_by = len(first), len(first_table)
    main, table_bytes = bytearray(first), bytearray(second_table)
    struct.pack_into("<H", main, 8, by // PAGE)
    block = bytearray(second)
    struct.pack_into("<II", block, 0x18, *(at + by for at in struct.unpack_from("<II", block, 0x18)))
    pairs = 0x9A
    for i in range(93):
        at, size = struct.unpack_from("<II", block, pairs + i * 8)
        if not size:
            continue
        struct.pack_into("<II", block, pairs + i * 8, at + table_by, size)
        if i == PIECES:
            count = (size - 5 - 4) // 12
            for n in range(count):
                place = at + 5 + (count + 1) * 4 + n * 8 + 2
                fc, = struct.unpack_from("<I", table_bytes, place)
                struct.pack_into("<I", table_bytes, place, fc + (by * 2 if fc >> 30 else by))
        elif i in (CHARACTER_BINS, PARAGRAPH_BINS):
            count = (size - 4) // 8
            for n in range(count + 1):
                fc, = struct.unpack_from("<I", table_bytes, at + n * 4)
                struct.pack_into("<I", table_bytes, at + n * 4, fc + by)
            for n in range(count):
                number, = struct.unpack_from("<I", table_bytes, at + (count + 1 + n) * 4)
                start = number * PAGE
                runs = block[start + PAGE - 1]
                for k in range(runs + 1):
                    fc, = struct.unpack_from("<I", block, start + k * 4)
                    struct.pack_into("<I", block, start + k * 4, fc + by)
                struct.pack_into("<I", table_bytes, at + (count + 1 + n) * 4, number + by // PAGE)
    return {"WordDocument": bytes(main + block), "1Table": first_table + bytes(table_bytes)}


def objects() -> None:
    inner = {f"ObjectPool/_1000000002/{k}": v for k, v in Word97({"main": [Run(f"Inside: card {groups(MASTERCARD)}\r")]}).streams().items()}
    packed = {"ObjectPool/_1000000001/\x01Ole10Native": ole_native("person.txt", f"Social security number {SSN}\r\n".encode())}
    drawn = {"ObjectPool/_1000000001/\x03ObjInfo": bytes(6), "ObjectPool/_1000000001/\x01CompObj": bytes(100), "ObjectPool/_1000000001/\x02OlePres000": b"not text of ours" * 8}
    xml = {"MsoDataStore/AAAA/Item": f"<client><mail>{EMAIL}</mail></client>".encode(), "MsoDataStore/AAAA/Properties": b"<ds:datastoreItem/>"}
    case(
        "doc/honest/embedded-objects.doc", doc([Run("With objects.\r")], inner | packed | drawn | xml), KIND, "status ok",
        "match us-ssn high 1 container=person.txt", "match credit-card-number high 1 container=ObjectPool/_1000000002",
        f'reads embedded "Inside: card {groups(MASTERCARD)}"', "match email >=low 1 container=MsoDataStore", 'not-text "not text of ours"',
    )
    case("doc/honest/macros.doc", doc([Run("With a macro.\r")], macros(f"' Account of Anna: card {groups(VISA)}")), KIND, "status ok", f'reads macros "card {groups(VISA)}"')
    picture_record = struct.pack("<HHI", 0x6E00, 0xF01E, 17 + 8) + bytes(17) + b"\x89PNG\r\n\x1a\n"
    data = struct.pack("<IH", 68 + len(picture_record), 68) + bytes(62) + picture_record
    case("doc/honest/nothing-but-a-picture.doc", doc([Run("\x01", picture(0)), Run("\r")], data=data), KIND, "misses pictures image_only", "status unscannable")


def macros(source: str) -> dict[str, bytes]:
    """Streams of a project of one module (MS-OVBA 2.3), packed without a copy."""

    def packed(data: bytes) -> bytes:
        body = b"".join(b"\0" + data[i : i + 8] for i in range(0, len(data), 8))
        assert len(data) <= 3600
        return b"\x01" + struct.pack("<H", 0xB000 | len(body) - 1) + body

    record = lambda number, data: struct.pack("<HI", number, len(data)) + data
    listed = record(0x01, b"\x01\0\0\0") + record(0x03, struct.pack("<H", 1252)) + record(0x04, b"Project")
    listed += record(0x0F, b"\x01\0") + record(0x19, b"Pay") + record(0x1A, b"Pay") + record(0x31, bytes(4)) + record(0x2B, b"") + record(0x10, b"")
    text = f'Attribute VB_Name = "Pay"\r\n{source}\r\n'
    return {"Macros/VBA/dir": packed(listed), "Macros/VBA/Pay": packed(text.encode("cp1252")), "Macros/VBA/_VBA_PROJECT": b"\xcc\x61\xff\xff\0\0\0", "Macros/PROJECT": b'Name="Project"\r\n'}


def older() -> None:
    vanish, cell, row = bytes([92, 1]), bytes([24, 1]), bytes([24, 1, 25, 1])
    number = groups(VISA)
    case(
        "doc/honest/word-95.doc",
        compound({"WordDocument": word6({
            "main": [Run(f"Card {number} of Müller.\r"), Run(f"Hidden social security number {SSN}", vanish), Run("\r"), Run("Name\x07", mark=cell), Run("Number\x07", mark=cell), Run("\x07", mark=row), Run("Done.\r")],
            "footnotes": [Run("\x02"), Run(f" Card {groups(MASTERCARD)}\r")],
        })}),
        KIND, "status ok", f'text "Card {number} of Müller."', "match us-ssn high 1 part=hidden", "match credit-card-number high 1 part=footnote", 'text "Name	Number"',
    )
    case(
        "doc/honest/word-6-in-russian.doc",
        compound({"WordDocument": word6({"main": [Run(f"Номер карты {number} действует.\r")]}, language=0x0419, encoding="cp1251", number=0x65)}),
        KIND, "status ok", f'text "Номер карты {number} действует."',
    )
    font = bytes([93, 1, 0])
    case(
        "doc/odd/word-6-with-a-greek-font.doc",
        compound({"WordDocument": word6({"main": [Run(f"Κάρτα {number} ισχύει.\r", font)]}, encoding="cp1253", fonts=[0, 161])}),
        KIND, "status ok", f'text "Κάρτα {number} ισχύει."',
    )
    case(
        "doc/honest/word-6-fast-saved.doc",
        compound({"WordDocument": word6({"main": [Run("First the card "), Run(number), Run(" of Anna.\r")]}, pieces=True)}),
        KIND, "status ok", f'text "First the card {number} of Anna."',
    )
    case("doc/odd/word-2.doc", word2(f"Card {number} of Müller\rNext line\r"), KIND, "status ok", f'text "Card {number} of Müller"')
    case("doc/odd/word-6-without-a-compound-file.doc", word6({"main": [Run(f"Card {number} of Anna.\r")]}), KIND, "status ok", f'text "Card {number} of Anna."')


def damaged() -> None:
    number = groups(VISA)
    main = [Run(f"Card {number} ends.\r")]
    whole = doc(main)
    case("doc/hostile/cut-off.doc", whole[: len(whole) * 3 // 5], "gap corrupt", "not-yet status ok")
    case("doc/hostile/counts-that-lie.doc", doc(main, counts={"main": 0x7FFFFFFF, "footnotes": 0xFFFFFFFF}), KIND, f'text "Card {number} ends."', "status ok")
    case("doc/hostile/counts-of-nothing.doc", doc(main, counts={"main": 0}), KIND, f'text "Card {number} ends."', "status ok")
    streams = Word97({"main": main}).streams()
    case("doc/hostile/no-tables.doc", compound({"WordDocument": streams["WordDocument"]}), KIND, f'text "Card {number} ends."', "gap corrupt")
    case("doc/hostile/no-block.doc", compound({"WordDocument": b"no block here, card " + number.encode() + b" "}), KIND, f"text \"card {number}\"", "gap corrupt WordDocument")
    count = 2000
    plc = b"".join(struct.pack("<I", n * 30000) for n in range(count + 1)) + struct.pack("<HIH", 0, TEXT * 2 | 0x40000000, 0) * count
    case(
        "doc/hostile/all-pieces-at-one-place.doc",
        doc([Run(f"Card {number} ends.\r" * 600)], tables={PIECES: b"\x02" + struct.pack("<I", len(plc)) + plc}, counts={"main": count * 30000}),
        KIND, f'text "Card {number} ends."', "gap corrupt",
    )
    case("doc/hostile/pages-that-are-text.doc", doc(main, tables={CHARACTER_BINS: struct.pack("<III", 0, 0xFFFFFFFF, 0x3FFFFF), PARAGRAPH_BINS: struct.pack("<III", 0, 9, 4)}), KIND, f'text "Card {number} ends."')
    shut = encrypted(Word97({"main": main}), "nobody knows it")
    case("doc/honest/encrypted.doc", compound(shut), KIND, "gap password_protected", "protection password_encrypted", f'not-text "{number}"')
    made = Word97({"main": main, "footnotes": [Run(f"Social security number {SSN}\r" * 40)]})
    case("doc/honest/encrypted-with-a-password.doc", compound(encrypted(made, "frisk-corpus")), KIND, "status ok", "protection password_encrypted", f'reads passwords "Card {number} ends."', "match us-ssn high 40 part=footnote")
    nonsense = Word97({"main": main}, flags=0x100).streams()
    case("doc/hostile/encrypted-by-nothing.doc", compound(nonsense), KIND, "gap password_protected", f'not-text "{number}"')
