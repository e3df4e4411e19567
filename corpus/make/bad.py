"""Bad input: damaged, mislabelled, empty. Each must end in a gap with a reason, never in silence."""

from .case import case
from .docx import docx, p, package
from .packing import Entry, zip_of, zipped
from .pdf import lines, one_page
from .values import *
from .xlsx import book

LETTER = [p("Letter"), p(f"Card number: {VISA}"), p(f"SSN: {SSN}")]


def build() -> None:
    empty()
    mislabelled()
    damaged()


def empty() -> None:
    for extension in ("txt", "docx", "pdf"):
        case(f"bad/odd/empty-{extension}.{extension}", b"", "kind application/x-empty", "no-match *")
    case("bad/odd/one-byte.bin", b"P", "no-match *")


def mislabelled() -> None:
    facts = ["match credit-card-number high 1", "match us-ssn high 1"]
    case("bad/odd/document-named-txt.txt", docx(*LETTER), "kind application/vnd.openxmlformats-officedocument.wordprocessingml.document", "extension-mismatch", *facts)
    case("bad/odd/pdf-named-docx.docx", one_page(lines(f"Card number: {VISA}", f"SSN: {SSN}")), "kind application/pdf", "extension-mismatch", *facts)
    case("bad/odd/workbook-without-extension.data", book(("S", [["SSN", SSN]])), "match us-ssn high 1 cell=B1")
    case("bad/odd/text-named-pdf.pdf", f"Card number: {VISA}\nSSN: {SSN}\n", "kind text/plain", *facts)
    case("bad/odd/zip-named-xlsx.xlsx", zip_of({"card.txt": f"Card number: {VISA}\n"}), "kind application/zip", facts[0])
    case("bad/odd/text-named-zip.zip", f"SSN: {SSN}\n", "kind text/plain", facts[1])


def damaged() -> None:
    whole = docx(*LETTER)
    case("bad/hostile/document-cut-in-half.docx", whole[: len(whole) // 2], "gap corrupt")
    case("bad/hostile/document-without-directory.docx", whole[: whole.index(b"PK\x01\x02")], "gap corrupt", "match credit-card-number high 1", "match us-ssn high 1")
    pack = package("".join(LETTER))
    body = pack.parts["word/document.xml"]
    pack.parts["word/document.xml"] = body[: body.index(b"</w:body>") - 20]
    case("bad/hostile/document-xml-cut-off.docx", pack.bytes(), "gap corrupt", "match credit-card-number high 1", "match us-ssn high 1")
    pack = package("".join(LETTER))
    files = pack.files()
    entries = [Entry(n, d, crc=7 if n == "word/document.xml" else None) for n, d in files.items()]
    case("bad/hostile/document-with-a-wrong-checksum.docx", zipped(entries), "gap corrupt", "match credit-card-number high 1", "match us-ssn high 1")
    pack = package("".join(LETTER))
    del pack.parts["word/document.xml"]
    case("bad/hostile/main-part-missing.docx", pack.bytes(), "gap corrupt", "no-match *")
    case("bad/hostile/content-types-missing.docx", zip_of({n: d for n, d in files.items() if not n.startswith("[")}), "match credit-card-number high 1")
    doctype = body.replace(b"?>\n", b'?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>\n', 1).replace(b"Letter", b"&b;")
    pack.parts["word/document.xml"] = doctype
    case("bad/hostile/entities-declared-in-a-document.docx", pack.bytes(), "match us-ssn high 1", 'not-text "aaaaaaaaaaaaaaaaaaaa"')
    pdf = one_page(lines(f"SSN: {SSN}", *["nothing"] * 40), flate=False)
    case("bad/hostile/pdf-cut-in-half.pdf", pdf[: len(pdf) // 2], "kind application/pdf", "gap corrupt")
    squeezed = one_page(lines(f"SSN: {SSN}"))
    at = squeezed.index(b"stream\n") + 20
    case("bad/hostile/pdf-stream-damaged.pdf", squeezed[:at] + b"\xff\xff\xff\xff\xff\xff" + squeezed[at + 6 :], "kind application/pdf", "gap corrupt")
    case("bad/hostile/pdf-header-only.pdf", b"%PDF-1.7\n", "kind application/pdf", "gap corrupt", "no-match *")
    case("bad/hostile/zip-signature-only.zip", b"PK\x03\x04", "gap corrupt", "no-match *")
    noise = bytes((i * 197 + (i * i >> 3) * 31 + 11) & 255 for i in range(4096))
    case("bad/hostile/noise.txt", noise, "gap unsupported_type", "no-match *")
    sheet = book(("S", [["SSN", SSN]]))
    cut = zipped([Entry("[Content_Types].xml", b"<Types/>"), Entry("xl/workbook.xml", b"<workbook><sheets><sheet name='S' r:id='rId1'/>")])
    case("bad/hostile/workbook-without-sheets.xlsx", cut, "no-match *")
    flipped = bytearray(sheet)
    flipped[sheet.index(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    case("bad/hostile/sheet-with-a-flipped-byte.xlsx", bytes(flipped), "gap corrupt")
