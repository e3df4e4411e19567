"""Macros: Visual Basic projects by themselves and in packages."""

import struct

from .case import case
from .cfb import compound
from .docx import package, p
from .pptx import Deck, shape
from .values import *
from .xlsx import Book

KIND = "kind application/vnd.ms-office.vbaproject"
TYPE = "application/vnd.ms-office.vbaProject"
LINK = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


def squeeze(data: bytes) -> bytes:
    """A compressed container (MS-OVBA 2.4.1): copies of three bytes and more, found greedily."""
    out = b"\x01"
    for start in range(0, len(data), 4096):
        chunk, body, at = data[start : start + 4096], b"", 0
        while at < len(chunk):
            flags, tokens = 0, b""
            for bit in range(8):
                if at >= len(chunk):
                    break
                bits = max(4, (at - 1).bit_length()) if at > 1 else 4
                longest = min((1 << 16 - bits) + 2, len(chunk) - at)
                place, length = -1, 2
                for before in range(max(0, at - (1 << bits)), at):
                    same = 0
                    while same < longest and chunk[before + same] == chunk[at + same]:
                        same += 1
                    if same > length:
                        place, length = before, same
                if place >= 0:
                    tokens += struct.pack("<H", (at - place - 1) << (16 - bits) | (length - 3))
                    flags |= 1 << bit
                    at += length
                else:
                    tokens += chunk[at : at + 1]
                    at += 1
            body += bytes([flags]) + tokens
        out += struct.pack("<H", 0xB000 | len(body) - 1) + body
    return out


def record(number: int, data: bytes) -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def project(modules: dict[str, str], page: int = 1252, prefix: str = "", offset: int | None = None, damage: bool = False) -> dict[str, bytes]:
    """Streams of a project (MS-OVBA 2.3)."""
    coding = f"cp{page}"
    directory = record(0x01, b"\x01\0\0\0") + record(0x02, b"\x09\x04\0\0") + record(0x03, struct.pack("<H", page)) + record(0x04, b"VBAProject")
    directory += struct.pack("<HIIH", 0x09, 4, 1, 2) + record(0x0F, struct.pack("<H", len(modules)))
    streams = {}
    for name, source in modules.items():
        cache = b"\x01\x16\x01" + b"cached words of the compiler".ljust(97, b"\0")
        text = f'Attribute VB_Name = "{name}"\r\n' + source.replace("\n", "\r\n")
        streams[f"{prefix}VBA/{name}"] = cache + squeeze(text.encode(coding))
        place = len(cache) if offset is None else offset
        directory += record(0x19, name.encode(coding)) + record(0x1A, name.encode(coding)) + record(0x32, name.encode("utf-16-le"))
        directory += record(0x31, struct.pack("<I", place)) + record(0x2B, b"")
    packed = squeeze(directory + record(0x10, b""))
    streams[f"{prefix}VBA/dir"] = packed if not damage else b"\x01\x09\x09" + packed[3:]
    streams[f"{prefix}VBA/_VBA_PROJECT"] = b"\xcc\x61\xff\xff\0\0\0"
    streams[f"{prefix}PROJECT"] = b'ID="{00000000-0000-0000-0000-000000000000}"\r\nDescription="Payroll of ' + KEYWORD.encode() + b'"\r\n'
    return streams


SOURCE = f"""Sub Pay()
    ' The card number of Anna is {VISA}
    Const Password = "Payroll"
    Const Account = "IBAN {IBAN_GB}"
End Sub
"""


def with_form() -> dict[str, bytes]:
    frame = b'VERSION 5.00\r\nBegin {C62A69F0-16DC-11CE-9E98-00AA00574A4F} Form1 \r\n   Caption         =   "Social Security number ' + SSN.encode() + b'"\r\nEnd\r\n'
    return {"Form1/\x03VBFrame": frame, "Form1/f": b"\0\4\x20\0", "Form1/o": b"\0\2\x18\0Account of the employee\0\0\2"}


def build() -> None:
    streams = project({"Module1": SOURCE}) | with_form()
    facts = [KIND, "match credit-card-number high 1 part=macro", "match iban high 1 part=macro", "status ok", 'not-text "VB_Name"', 'not-text "cached"']
    facts += [f'reads macros "card number of Anna is {VISA}"', f'reads metadata "Payroll of {KEYWORD}"', f'text "Social Security number {SSN}"', 'text "Account of the employee"']
    vba = compound(streams)
    case("macros/honest/project.bin", vba, *facts)
    russian = project({"Модуль1": f"' Номер карты {VISA}\nSub A()\nEnd Sub\n"}, 1251)
    case("macros/honest/project-in-cyrillic.bin", compound(russian), f'reads macros "Номер карты {VISA}"', "match credit-card-number >=low 1")
    case("macros/odd/offset-that-lies.bin", compound(project({"Module1": SOURCE}, offset=7)), "match credit-card-number high 1 part=macro", "status ok")
    long = SOURCE + "".join(f"' line {i} says nothing at all\n" for i in range(400)) + f"' SSN: {SSN}\n"
    case("macros/honest/source-of-many-chunks.bin", compound(project({"Module1": long})), "match us-ssn high 1 part=macro", "match credit-card-number high 1")
    broken = compound(project({"Module1": SOURCE}, damage=True))
    case("macros/hostile/list-of-modules-is-damaged.bin", broken, "match credit-card-number high 1 part=macro", "gap corrupt dir", "status partial")
    cut = {name: data[:60] if name.endswith("Module1") else data for name, data in project({"Module1": SOURCE}).items()}
    case("macros/hostile/source-is-cut.bin", compound(cut), "gap corrupt Module1", "status partial")

    def carried(pack, main: str) -> None:
        folder = main.split("/")[0]
        pack.part(f"{folder}/vbaProject.bin", vba, TYPE)
        pack.relate(main, LINK, "vbaProject.bin")

    facts = [f'reads macros "card number of Anna is {VISA}"', "match credit-card-number high 1 part=macro", "match iban high 1 container=vbaProject.bin"]
    pack = package(p("With macros."), main="document.macroEnabled.main+xml", kind="application/vnd.ms-word.document.macroEnabled.main+xml")
    carried(pack, "word/document.xml")
    case("macros/honest/document.docm", pack.bytes(), *facts)
    book = Book(kind="application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    book.sheet("One", [["With macros."]])
    carried(book.pack, "xl/workbook.xml")
    case("macros/honest/workbook.xlsm", book.bytes(), *facts)
    deck = Deck(kind="application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml")
    deck.slide(shape("With macros."))
    carried(deck.pack, "ppt/presentation.xml")
    case("macros/honest/presentation.pptm", deck.bytes(), *facts)
