"""EPUB: books of XHTML documents."""

from .case import case
from .opc import HEAD
from .packing import Entry, zipped
from .values import *

KIND = "kind application/epub+zip"


def page(inner: str) -> str:
    return f'{HEAD}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Page</title></head><body>{inner}</body></html>'


def book(pages: dict[str, str], files: dict[str, bytes | str] | None = None, more: str = "", spine: list[str] | None = None) -> bytes:
    container = f'{HEAD}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    items = "".join(f'<item id="i{i}" href="{n}" media-type="application/xhtml+xml"/>' for i, n in enumerate(pages))
    order = "".join(f'<itemref idref="i{list(pages).index(n)}"/>' for n in (spine or list(pages)))
    about = f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The ledger</dc:title><dc:creator>{EMAIL}</dc:creator><dc:language>en</dc:language><meta name="customer" content="Larkspur"/></metadata>'
    package = f'{HEAD}<package xmlns="http://www.idpf.org/2007/opf" version="3.0">{about}<manifest>{items}<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/><item id="css" href="s.css" media-type="text/css"/>{more}</manifest><spine toc="ncx">{order}</spine></package>'
    titles = "".join(f"<navPoint><navLabel><text>{t}</text></navLabel></navPoint>" for t in ("First chapter", "Only in the contents"))
    members: dict[str, bytes | str] = {"META-INF/container.xml": container, "OEBPS/book.opf": package}
    members |= {f"OEBPS/{n}": page(inner) for n, inner in pages.items()}
    members |= {"OEBPS/toc.ncx": f"{HEAD}<ncx><navMap>{titles}</navMap></ncx>", "OEBPS/s.css": "p { margin: 1px }"} | (files or {})
    first = Entry("mimetype", b"application/epub+zip", method=0)
    return zipped([first] + [Entry(n, d.encode() if isinstance(d, str) else d) for n, d in members.items()])


def build() -> None:
    pages = {
        "two.xhtml": f"<p>Second: IBAN {IBAN_DE}</p><p style='display:none'>SSN: {SSN_2}</p>",
        "one.xhtml": f"<h1>First chapter</h1><p>Card number: <b>{VISA[:8]}</b>{VISA[8:]}</p><!-- pay {IBAN_GB} --><table><tr><th>SSN</th></tr><tr><td>{SSN}</td></tr></table>",
    }
    whole = book(pages, {"OEBPS/staff.txt": f"ITIN of Bo: {ITIN}\n"}, spine=["one.xhtml", "two.xhtml"])
    facts = [
        "status ok",
        KIND,
        "match us-ssn high 1 cell=R2C1",
        f'reads body "{VISA}"',
        f'reads comments "{IBAN_GB}"',
        f'reads hidden "{SSN_2}"',
        f'reads metadata "{EMAIL}"',
        f'reads embedded "{ITIN}"',
        'text "customer: Larkspur"',
        'text "Only in the contents"',
        'not-text "margin"',
    ]
    case("epub/honest/book.epub", whole, *facts)
    seal = f'{HEAD}<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><CipherData><CipherReference URI="OEBPS/two.xhtml"/></CipherData></EncryptedData><EncryptedData><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/><CipherData><CipherReference URI="OEBPS/f.otf"/></CipherData></EncryptedData></encryption>'
    shut = book(pages, {"META-INF/encryption.xml": seal, "OEBPS/f.otf": bytes(range(64))})
    case("epub/honest/rights-protected.epub", shut, KIND, "gap rights_protected OEBPS/two.xhtml", "match us-ssn high 1")
    case("epub/hostile/cut.epub", whole[: len(whole) // 2], "gap corrupt")
    case("epub/odd/document-nobody-leads-to.epub", book(pages, spine=["two.xhtml"]), KIND, "match us-ssn high 1 cell=R2C1")
