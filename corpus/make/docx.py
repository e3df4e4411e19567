"""Word documents: every place that holds text, and every way to split a value."""

from xml.sax.saxutils import escape

from .case import case
from .opc import HEAD, REL, WORD, Package
from .values import *

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{REL}" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
SECTION = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
KIND = "kind application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def run(text: str, properties: str = "") -> str:
    style = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{style}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*inner: str) -> str:
    """A paragraph of runs; what is no markup becomes one run."""
    return "<w:p>" + "".join(i if i.startswith("<") else run(i) for i in inner) + "</w:p>"


def table(rows: list[list[str]]) -> str:
    grid = "".join('<w:gridCol w:w="2000"/>' for _ in rows[0])
    cells = ["".join(f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>{p(v)}</w:tc>' for v in row) for row in rows]
    body = "".join(f"<w:tr>{c}</w:tr>" for c in cells)
    return f'<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>'


def root(tag: str, inner: str) -> str:
    return f"{HEAD}<w:{tag} {SPACES}>{inner}</w:{tag}>"


def package(body: str, section: str = SECTION, main: str = "document.main+xml", name: str = "word/document.xml", kind: str | None = None) -> Package:
    pack = Package()
    pack.relate("", "officeDocument", name)
    pack.part(name, root("document", f"<w:body>{body}{section}</w:body>"), kind or f"{WORD}.{main}")
    return pack


def docx(*body: str) -> bytes:
    return package("".join(body)).bytes()


def story(pack: Package, tag: str, inner: str, file: str | None = None) -> str:
    """A part beside the main text (header, footer, footnotes, comments); gives its relationship id."""
    name = file or f"{tag}.xml"
    pack.part(f"word/{name}", inner, f"{WORD}.{tag}+xml")
    return pack.relate("word/document.xml", tag, name)


def build() -> None:
    body()
    stories()
    hidden()
    around()
    odd()


def body() -> None:
    text = docx(p("Payment details"), p(f"Card number: {groups(VISA)}, Visa, expires 09/28"), p(f"IBAN {IBAN_GB}"), p(f"Project: {KEYWORD}"))
    facts = ["status ok", KIND, "match credit-card-number high 1 part=body", "match iban high 1", "match custom-keyword >=medium 1"]
    facts.append(f'reads body "Card number: {groups(VISA)}"')
    case("docx/honest/body.docx", text, *facts)
    staff = [["Name", "SSN", "Card number"], ["Anna Adler", SSN, VISA], ["Bo Berg", SSN_2, groups(MASTERCARD)]]
    cells = ["match us-ssn high 1 cell=R2C2", "match us-ssn high 1 cell=R3C2", "match credit-card-number high 2"]
    case("docx/honest/table.docx", docx(p("Staff"), table(staff), p()), *cells)
    glued = [[VISA[i : i + 4] for i in range(0, 16, 4)], ["536", "22", "8467", ""], ["DE89", "3704", "0044", "0532013000"]]
    case("docx/honest/neighbouring-cells-are-not-glued.docx", docx(table(glued), p()), "no-match *")
    split = [run(VISA[0:3], "<w:b/>"), run(VISA[3:7]), run(VISA[7:9], '<w:color w:val="FF0000"/>'), '<w:proofErr w:type="spellStart"/>', run(VISA[9:])]
    facts = ["match credit-card-number high 1", f'text "{VISA}"']
    case("docx/honest/value-over-five-runs.docx", docx(p("Credit card: ", *split)), *facts)
    dash = "<w:r><w:t>536</w:t><w:noBreakHyphen/><w:t>22</w:t><w:noBreakHyphen/><w:t>8467</w:t></w:r>"
    case("docx/odd/no-break-hyphens.docx", docx(p("Social Security number: ", dash)), "match us-ssn high 1")
    tab = "<w:r><w:t>SSN:</w:t><w:tab/><w:t>" + SSN + "</w:t><w:br/><w:t>Card number: " + VISA + "</w:t></w:r>"
    case("docx/honest/tabs-and-breaks.docx", docx(p(tab)), "match us-ssn high 1", "match credit-card-number high 1")
    control = f'<w:sdt><w:sdtPr><w:alias w:val="SSN"/><w:tag w:val="ssn"/></w:sdtPr><w:sdtContent>{p(f"SSN {SSN}")}</w:sdtContent></w:sdt>'
    case("docx/honest/content-control.docx", docx(control), "match us-ssn high 1 part=body", f'reads forms "SSN {SSN}"')
    lookalike = docx(p("Order 4539138198381882 of invoice INV-2024-000123"), p("IMEI 490154203237518, ISBN 978-3-16-148410-0"))
    case("docx/honest/look-alikes.docx", lookalike, "status ok", "no-match *")


def stories() -> None:
    pack = Package()
    section = '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/><w:footerReference w:type="default" r:id="rId2"/></w:sectPr>'
    pack = package(p("Nothing here."), section)
    story(pack, "header", root("hdr", p(f"Confidential, SSN: {SSN}")), "header1.xml")
    story(pack, "footer", root("ftr", p(f"Pay to IBAN {IBAN_DE}")), "footer1.xml")
    case("docx/honest/header-and-footer.docx", pack.bytes(), "match us-ssn high 1 part=header", "match iban high 1 part=footer", f'reads headers "Confidential, SSN: {SSN}"')

    marks = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    pack = package(p("Text", '<w:r><w:footnoteReference w:id="1"/></w:r>', '<w:r><w:endnoteReference w:id="1"/></w:r>'))
    story(pack, "footnotes", root("footnotes", f'{marks}<w:footnote w:id="1">{p(f"SSN: {SSN}")}</w:footnote>'))
    story(pack, "endnotes", root("endnotes", f'<w:endnote w:id="1">{p(f"Card number: {VISA}")}</w:endnote>'))
    case("docx/honest/footnote-and-endnote.docx", pack.bytes(), "match us-ssn high 1 part=footnote", "match credit-card-number high 1 part=footnote", f'reads notes "SSN: {SSN}"')

    pack = package(p('<w:commentRangeStart w:id="0"/>', "Text", '<w:commentRangeEnd w:id="0"/>', '<w:r><w:commentReference w:id="0"/></w:r>'))
    story(pack, "comments", root("comments", f'<w:comment w:id="0" w:author="Anna" w:initials="A">{p(f"Her SSN is {SSN}")}</w:comment>'))
    case("docx/honest/comment.docx", pack.bytes(), "match us-ssn high 1 part=comment", f'reads comments "Her SSN is {SSN}"')

    who = 'w:id="1" w:author="Anna" w:date="2024-03-05T09:12:00Z"'
    inserted = f"<w:ins {who}>{run(f'Card number: {VISA}')}</w:ins>"
    deleted = f'<w:del {who.replace("1", "2", 1)}><w:r><w:delText xml:space="preserve">Old SSN: {SSN} </w:delText></w:r></w:del>'
    facts = ["match us-ssn high 1 part=tracked_change", "match credit-card-number high 1", f'reads changes "Old SSN: {SSN}"']
    case("docx/honest/tracked-changes.docx", docx(p("Pay: ", deleted, inserted)), *facts)

    box = p(f"SSN: {SSN}")
    shape = f"""<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wp:extent cx="2000000" cy="500000"/>
<wp:docPr id="1" name="Box"/><a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr/><wps:txbx><w:txbxContent>{box}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:shape style="width:100pt;height:40pt"><v:textbox><w:txbxContent>{box}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""
    case("docx/honest/text-box-with-its-fallback.docx", docx(p("Text", shape)), "match us-ssn high 1", "unique us-ssn 1", f'reads drawings "SSN: {SSN}"')
    vml = f'<w:r><w:pict><v:shape style="width:100pt;height:40pt"><v:textbox><w:txbxContent>{box}</w:txbxContent></v:textbox></v:shape></w:pict></w:r>'
    case("docx/odd/text-box-of-an-old-writer.docx", docx(p("Text", vml)), "match us-ssn high 1")


def hidden() -> None:
    case("docx/honest/hidden-text.docx", docx(p("Seen. ", run(f"SSN: {SSN}", "<w:vanish/>"))), "match us-ssn high 1 part=hidden", f'reads hidden "SSN: {SSN}"')
    white = run(f"SSN: {SSN}", '<w:color w:val="FFFFFF"/><w:sz w:val="2"/>')
    case("docx/odd/white-text-of-one-point.docx", docx(p(white)), "match us-ssn high 1")


def around() -> None:
    picture = f"""<w:r><w:drawing><wp:inline><wp:extent cx="200000" cy="200000"/><wp:docPr id="1" name="Picture 1" descr="Scan of card number {VISA}" title="SSN: {SSN}"/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"/></a:graphic></wp:inline></w:drawing></w:r>"""
    facts = ["match credit-card-number high 1 part=metadata", "match us-ssn high 1 part=metadata"]
    case("docx/honest/alternative-text.docx", docx(p("See", picture)), *facts)

    blip = '<pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="Scan"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId1"/></pic:blipFill><pic:spPr/></pic:pic>'
    scan = f"""<w:r><w:drawing><wp:inline><wp:extent cx="200000" cy="200000"/><wp:docPr id="1" name="Scan"/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">{blip}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"""
    pack = package(p(scan))
    pack.picture("word/document.xml", "word/media/image1.png")
    case("docx/honest/only-a-picture.docx", pack.bytes(), KIND, "misses pictures image_only image1.png", "status unscannable")
    pack = package(p("See ", scan))
    pack.picture("word/document.xml", "word/media/image1.png")
    case("docx/honest/picture-beside-text.docx", pack.bytes(), KIND, "status ok")

    pack = package(p("Write to ", f'<w:hyperlink r:id="rId1">{run("her")}</w:hyperlink>', ' or ', f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> HYPERLINK "mailto:{EMAIL_2}" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("him")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'))
    pack.relate("word/document.xml", "hyperlink", f"mailto:{EMAIL}", outside=True)
    case("docx/honest/hyperlinks-and-field-codes.docx", pack.bytes(), "match email >=low 2")

    pack = package(p("Nothing here."))
    pack.properties(title=f"{KEYWORD} budget", author=EMAIL, custom={"Customer": f"SSN: {SSN}", "Status": "Draft"})
    facts = ["match us-ssn high 1 part=metadata", "match custom-keyword >=medium 1 part=metadata", "match email >=low 1 part=metadata"]
    facts.append(f'reads metadata "{KEYWORD} budget"')
    case("docx/honest/document-properties.docx", pack.bytes(), *facts)

    pack = package(p("Nothing here."))
    pack.custom_part(f'<customer xmlns="urn:corpus"><ssn>{SSN}</ssn><cardNumber>{VISA}</cardNumber></customer>')
    case("docx/honest/custom-xml.docx", pack.bytes(), "match us-ssn >=medium 1", "match credit-card-number >=medium 1")

    pack = package(p(f"Card number: {VISA}"), kind="application/vnd.ms-word.document.macroEnabled.main+xml")
    case("docx/honest/macro-document.docm", pack.bytes(), KIND, "match credit-card-number high 1")
    pack = package(p(f"Card number: {VISA}"), main="template.main+xml")
    case("docx/honest/template.dotx", pack.bytes(), KIND, "match credit-card-number high 1")


def odd() -> None:
    pack = package(p(f"SSN: {SSN}"), name="content/main.xml")
    case("docx/odd/main-part-elsewhere.docx", pack.bytes(), KIND, "match us-ssn high 1")
    strict = root("document", f"<w:body>{p(f'SSN: {SSN}')}{SECTION}</w:body>").replace("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
    pack = Package()
    pack.relate("", "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument", "word/document.xml")
    pack.part("word/document.xml", strict, f"{WORD}.document.main+xml")
    case("docx/odd/strict-namespaces.docx", pack.bytes(), KIND, "match us-ssn high 1")
    renamed = package(p(f"SSN: {SSN}"))
    name, content = "word/document.xml", renamed.parts["word/document.xml"].replace(b"xmlns:w=", b"xmlns:ns0=").replace(b"<w:", b"<ns0:").replace(b"</w:", b"</ns0:").replace(b" w:", b" ns0:")
    renamed.parts[name] = content
    case("docx/odd/another-prefix.docx", renamed.bytes(), "match us-ssn high 1")
    wide = package(p(f"SSN: {SSN} für Jürgen"))
    wide.parts[name] = b"\xff\xfe" + wide.parts[name].decode().replace("UTF-8", "UTF-16").encode("utf-16-le")
    case("docx/odd/utf-16-parts.docx", wide.bytes(), "match us-ssn high 1", 'text "für Jürgen"')
    chunk = package(p("Before", '<w:r/>') + '<w:altChunk r:id="rId1"/>')
    chunk.defaults["html"] = "text/html"
    chunk.part("word/chunk.html", f"<html><body><p>Card number: {VISA}</p></body></html>")
    chunk.relate(name, "aFChunk", "chunk.html")
    case("docx/odd/imported-html-chunk.docx", chunk.bytes(), "match credit-card-number high 1")
    loose = package(p("Before"))
    loose.part("word/left-over.xml", f"{HEAD}<x>SSN: {SSN}</x>")
    case("docx/odd/value-in-a-part-nobody-points-at.docx", loose.bytes(), "match us-ssn high 1")
    deep = "<w:sdt><w:sdtContent>" * 300 + p(f"SSN: {SSN}") + "</w:sdtContent></w:sdt>" * 300
    case("docx/hostile/content-controls-300-deep.docx", docx(deep), "match us-ssn high 1")
