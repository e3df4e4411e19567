"""Files in files: archives in archives, documents in archives, documents in documents."""

from .archives import CARD, PERSON
from .case import case
from .cfb import compound, ole_native
from .docx import docx, p, package
from .opc import Package
from .packing import gzipped, tarred, zip_of
from .pdf import attached, lines, one_page
from .pptx import Deck, shape
from .values import *
from .xlsx import Book, book


def carried(pack: Package, part: str, folder: str, letter: bytes) -> None:
    """Embeds a document where `part` shows it."""
    pack.defaults["docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    pack.part(f"{folder}/embeddings/Microsoft_Word_Document1.docx", letter)
    pack.relate(part, "package", "../embeddings/Microsoft_Word_Document1.docx")


def build() -> None:
    letter = docx(p(f"Card number: {groups(VISA)}"))
    sheet = book(("Staff", [["Name", "SSN"], ["Anna", SSN]]))
    inner = zip_of({"card.txt": CARD, "letter.docx": letter})
    outer = zip_of({"a.zip": inner, "staff.xlsx": sheet, "scan.pdf": one_page(lines(f"IBAN {IBAN_DE}"))})
    facts = [
        "status ok",
        "match credit-card-number high 1 container=a.zip!card.txt",
        "match credit-card-number high 1 container=a.zip!letter.docx",
        "match us-ssn high 1 container=staff.xlsx sheet=Staff cell=B2",
        "match iban high 1 container=scan.pdf page=1",
    ]
    case("nest/honest/documents-and-a-zip-in-a-zip.zip", outer, *facts)
    case("nest/honest/tar-in-gzip.tar.gz", gzipped(tarred({"card.txt": CARD, "staff/staff.xlsx": sheet}), "x.tar"), "kind application/gzip", "match credit-card-number high 1 container=card.txt", "match us-ssn high 1 container=staff.xlsx cell=B2")
    case("nest/honest/zip-in-a-tar.tar", tarred({"a/inner.zip": inner}), "match credit-card-number high 2 container=inner.zip")
    case("nest/honest/gzip-in-a-zip.zip", zip_of({"log.gz": gzipped(PERSON.encode(), "log")}), "match us-ssn high 1 container=log.gz")

    pack = package(p("See the sheet below."))
    pack.defaults["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    pack.part("word/embeddings/Microsoft_Excel_Sheet1.xlsx", sheet)
    pack.relate("word/document.xml", "package", "embeddings/Microsoft_Excel_Sheet1.xlsx")
    case("nest/honest/workbook-in-a-document.docx", pack.bytes(), "match us-ssn high 1 container=Microsoft_Excel_Sheet1.xlsx cell=B2", f'reads embedded "{SSN}"')

    made = Book()
    part = made.sheet("Sheet1", [["See the letter."]])
    carried(made.pack, part, "xl", letter)
    card = ["match credit-card-number high 1 container=Microsoft_Word_Document1.docx", f'reads embedded "{groups(VISA)}"']
    case("nest/honest/document-in-a-workbook.xlsx", made.bytes(), *card)
    deck = Deck()
    part = deck.slide(shape("See the letter."))
    carried(deck.pack, part, "ppt", letter)
    case("nest/honest/document-in-a-presentation.pptx", deck.bytes(), *card)

    pack = package(p("See the file below."))
    pack.defaults["bin"] = "application/vnd.openxmlformats-officedocument.oleObject"
    pack.part("word/embeddings/oleObject1.bin", compound({"\x01Ole10Native": ole_native("person.txt", PERSON.encode() * 3)}))
    pack.relate("word/document.xml", "oleObject", "embeddings/oleObject1.bin")
    case("nest/honest/text-file-as-an-ole-object.docx", pack.bytes(), "match us-ssn >=medium 3")

    pack = package(p("See the document below."))
    pack.defaults["bin"] = "application/vnd.openxmlformats-officedocument.oleObject"
    pack.part("word/embeddings/oleObject1.bin", compound({"Package": letter}))
    pack.relate("word/document.xml", "oleObject", "embeddings/oleObject1.bin")
    case("nest/honest/document-as-an-ole-package.docx", pack.bytes(), "match credit-card-number high 1")

    case("nest/honest/archive-attached-to-a-pdf.pdf", attached("files.zip", inner), "match credit-card-number high 2 container=files.zip")
    case("nest/odd/document-named-as-a-picture.zip", zip_of({"photo.jpg": letter, "notes.exe": PERSON}), "match credit-card-number high 1 container=photo.jpg", "match us-ssn high 1 container=notes.exe")
    deep = {"1.txt": CARD}
    for level in range(6):
        deep = {f"{level}.zip": zip_of(deep)} if level % 2 else {f"{level}.tar.gz": gzipped(tarred(deep))}
    case("nest/odd/six-levels-of-two-kinds.zip", zip_of(deep), "status ok", "match credit-card-number high 1 container=1.txt")
