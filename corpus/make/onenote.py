"""OneNote sections: property sets of texts, embedded files, an encrypted section (MS-ONESTORE, MS-ONE)."""

import struct

from .case import case
from .docx import docx, p
from .pixels import pixel
from .values import *

KIND = "kind application/onenote"
SECTION = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
FILE_START = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
FILE_END = bytes.fromhex("22a7fb71790f0b4abb13899256426b24")
KEY_START = bytes.fromhex("67a0d1da85a36bfb")
TEXT, ASCII, TITLE, AUTHOR, FILE, LINK, ALT = 0x1C001C22, 0x1C003498, 0x1C001CF3, 0x1C001D75, 0x1C001D9C, 0x1C001E20, 0x1C001E58


def wide(text: str) -> bytes:
    return text.encode("utf-16-le") + b"\0\0"


def properties(*values: tuple[int, bytes]) -> bytes:
    """A set of properties with a length, with one of four bytes in front of them; object ids come first."""
    ids = struct.pack("<I", 0x14001C20) + b"".join(struct.pack("<I", number) for number, _ in values)
    body = b"\x01\0\0\0" + b"".join(struct.pack("<I", len(v)) + v for _, v in values)
    whole = b"\x01\0\0\x80\x15\x07\0\0" + struct.pack("<H", len(values) + 1) + ids + body
    return whole + bytes(-len(whole) % 8)


def stored(data: bytes) -> bytes:
    return FILE_START + struct.pack("<Q", len(data)) + bytes(12) + data + bytes(-len(data) % 8) + FILE_END


def section(*parts: bytes) -> bytes:
    head = SECTION + bytes(32) + bytes.fromhex("3fdd9a101b91f549a5d01791edc8aed8")
    whole = head.ljust(1024, b"\0") + bytes.fromhex("c4f4f7f5b17a56a4") + bytes(24) + b"".join(parts)
    # cbExpectedFileLength (MS-ONESTORE 2.3.1).
    return whole[:196] + struct.pack("<Q", len(whole)) + whole[204:]


def build() -> None:
    page = properties((TITLE, wide("Staff of Contoso")), (AUTHOR, wide("Anna Berg")))
    text = properties((TEXT, wide(f"Card number: {groups(VISA)}, Visa")))
    plain = properties((ASCII, f"IBAN {IBAN_GB}".encode() + b"\0"))
    link = properties((TEXT, wide(f'See \ufddfHYPERLINK "mailto:{EMAIL}"Anna')))
    facts = [KIND, "match credit-card-number high 1 part=body", "match iban high 1", "match email >=low 1 part=metadata", 'text "See Anna"', "status ok"]
    facts += [f'reads body "{groups(VISA)}"', 'reads metadata "Staff of Contoso"', 'text "Anna Berg"']
    case("onenote/honest/page.one", section(page, text, plain, link), *facts)
    old = properties((TEXT, wide(f"Her SSN: {SSN}")))
    case("onenote/honest/text-of-an-earlier-revision.one", section(old, text, text, text), "match us-ssn high 1", "match credit-card-number high 1", f'text "Her SSN: {SSN}"')
    names = properties((FILE, wide(f"{KEYWORD}.docx")), (ALT, wide(f"Scan of the card number {MASTERCARD}")))
    facts = ["match us-ssn high 1", "match us-ssn high 1 container=file1", "match credit-card-number high 1 part=metadata", f'reads embedded "{SSN}"', f'reads names "{KEYWORD}.docx"', "status ok"]
    case("onenote/honest/embedded-files.one", section(text.replace(wide(groups(VISA))[:-2], wide("x" * 19)[:-2]), names, stored(docx(p(f"SSN: {SSN}"))), stored(pixel())), *facts)
    case("onenote/honest/only-a-picture.one", section(stored(pixel())), KIND, "misses pictures image_only file1.png", "status unscannable")
    case("onenote/odd/encrypted-section.one", section(page, KEY_START + bytes(range(64))), "misses passwords password_protected", "status partial", 'text "Staff of Contoso"')
    lie = stored(f"SSN: {SSN}".encode()).replace(struct.pack("<Q", 16), struct.pack("<Q", 1 << 40))
    case("onenote/hostile/length-of-a-file-lies.one", section(text, lie, properties((TEXT, wide(f"IBAN {IBAN_DE}")))), "match us-ssn high 1", "match credit-card-number high 1", "match iban high 1")
    many = struct.pack("<H", 90) + struct.pack("<I", TEXT) * 4000
    case("onenote/hostile/identifiers-without-end.one", section(many, text), "match credit-card-number high 1")
