"""Publisher documents: the stream of text, links, drawings, damage."""

import struct

from .case import case
from .cfb import compound, ole_native
from .labels import A, keys
from .msdoc import summary
from .values import *

KIND = "kind application/vnd.ms-publisher"
TEXT = "Quill/QuillSub/CONTENTS"


def chunks(*parts: tuple[bytes, bytes], split: int = 0) -> bytes:
    """A stream of chunks, their list in front; behind the first `split` of them, the list goes on in another one."""
    first, second = (parts[:split], parts[split:]) if split else (parts, ())
    head = b"CHNKINK ".ljust(0x18, b"\0")
    at = 0x20 + 24 * len(first)
    body, listed = b"", []
    for name, data in parts:
        listed.append(struct.pack("<H4sHI4sII", 24, name, 0, 1, name, at + len(body), len(data)))
        body += data
    behind = at + len(body) if second else 0xFFFFFFFF
    out = head + struct.pack("<HHI", 0x1F8, len(first), behind) + b"".join(listed[: len(first)]) + body
    if second:
        out += struct.pack("<HHI", 0x1F8, len(second), 0xFFFFFFFF) + b"".join(listed[len(first) :])
    return out


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def stories(*lengths: int) -> bytes:
    return struct.pack("<III", len(lengths), 8, 255) + b"".join(struct.pack("<I", n) for n in lengths)


def build() -> None:
    card, link = f"Card {groups(VISA)} of Müller\r", f"https://files.example.org/{KEYWORD.replace(' ', '-')}"
    second = f"Second box: social security number {SSN}\rand 機密\r"
    text = (b"TEXT", wide(card + second))
    tokens = (b"TOKN", struct.pack("<IIHH", 1, 0, 0xFFFF, len(link)) + wide(link))
    stored = (f"Alternative text with {EMAIL}\0").encode("utf-16-le")
    option = struct.pack("<HI", 0xC381, len(stored)) + stored
    art = struct.pack("<HHI", 0x13, 0xF00B, len(option)) + option
    art = struct.pack("<HHI", 0x0F, 0xF004, len(art)) + art
    made = {
        TEXT: chunks(text, (b"STRS", stories(len(card), len(second))), tokens), "Contents": b"Arial".center(64, b"\0"),
        "Escher/EscherStm": art, "\x03Internal": bytes(12),
        "Objects/_1/\x01Ole10Native": ole_native("person.txt", f"Social security number {SSN_2}\r\n".encode()),
    } | summary(title=f"Flyer of {KEYWORD}", custom=keys(A, "Confidential"))
    case(
        "pub/honest/text-and-links.pub", compound(made), KIND, "status ok",
        f'reads body "Card {groups(VISA)} of Müller"', f'reads drawings "Second box: social security number {SSN}"',
        f'reads metadata "Flyer of {KEYWORD}"', f'text "{link}"', f'text "Alternative text with {EMAIL}"', f'reads labels "{A}"',
        f'reads embedded "{SSN_2}"', "match credit-card-number high 1 part=body", 'not-text "Arial"', 'text "and 機密"',
    )
    case("pub/odd/stories-without-marks.pub", compound({TEXT: chunks((b"TEXT", wide("Card 1" + VISA)), (b"STRS", stories(6, 16)))}), KIND, f'text "{VISA}"', "status ok", "match credit-card-number >=low 1")
    case("pub/odd/two-lists.pub", compound({TEXT: chunks((b"FONT", b"Arial"), text, split=1)}), KIND, "status ok", f'text "Card {groups(VISA)} of Müller"')
    looped = bytearray(chunks(text))
    struct.pack_into("<I", looped, 0x1C, 0x18)
    case("pub/hostile/list-that-names-itself.pub", compound({TEXT: bytes(looped)}), KIND, "status ok", f'text "Card {groups(VISA)} of Müller"', "match credit-card-number high 1")
    case("pub/hostile/no-list.pub", compound({TEXT: b"CHNKINK \0\0 " + wide(card)}), KIND, "gap corrupt", f'text "Card {groups(VISA)} of Müller"')
    same = chunks(*[text] * 3)
    many = bytearray(same)
    for i in range(3):
        struct.pack_into("<II", many, 0x20 + i * 24 + 16, 0x20 + 72, 1 << 30)
    case("pub/hostile/chunks-at-one-place.pub", compound({TEXT: bytes(many)}), KIND, f'text "Card {groups(VISA)} of Müller"')
    blip = struct.pack("<HHI", 0x6E00, 0xF01E, 17 + 8) + bytes(17) + b"\x89PNG\r\n\x1a\n"
    case("pub/honest/nothing-but-a-picture.pub", compound({TEXT: chunks((b"TEXT", wide("\r"))), "Escher/EscherDelayStm": blip}), KIND, "misses pictures image_only")
