"""Office documents as one XML file: Word 2003, Excel 2003, Visio 2003, flat packages."""

from xml.sax.saxutils import escape

from .case import case
from .docx import p, package, root, story
from .labels import A, keys
from .opc import HEAD
from .values import *


def properties(prefix: str, custom: dict[str, str]) -> str:
    items = "".join(f'<{prefix}{k} dt:dt="string">{escape(v)}</{prefix}{k}>' for k, v in custom.items())
    name = f"{prefix}CustomDocumentProperties"
    return f"<{name}>{items}</{name}>"


def build() -> None:
    spaces = 'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:aml="http://schemas.microsoft.com/aml/2001/core" xmlns:dt="uuid:C2F41010-65B3-11d1-A29F-00AA00C14882"'

    def r(text: str) -> str:
        return f"<w:r><w:t>{text}</w:t></w:r>"

    def para(*inner: str) -> str:
        return "<w:p>" + "".join(i if i.startswith("<") else r(i) for i in inner) + "</w:p>"

    comment = f'<aml:annotation aml:id="0" aml:author="Anna" w:type="Word.Comment"><aml:content>{para(f"IBAN {IBAN_DE}")}</aml:content></aml:annotation>'
    deleted = f'<aml:annotation aml:id="1" w:type="Word.Deletion"><aml:content><w:r><w:delText>Old SSN: {SSN_2}</w:delText></w:r></aml:content></aml:annotation>'
    note = f"<w:r><w:footnote>{para(f'ITIN {ITIN}')}</w:footnote></w:r>"
    head = f"<w:sectPr><w:hdr w:type=\"odd\">{para(f'Confidential {KEYWORD}')}</w:hdr></w:sectPr>"
    data = base64.b64encode(f"Card number: {MASTERCARD}\n".encode()).decode()
    picture = f'<w:r><w:pict><w:binData w:name="wordml://a.txt">{data}</w:binData></w:pict></w:r>'
    cells = "".join(f"<w:tc>{para(v)}</w:tc>" for v in ("SSN", SSN))
    body = para("Card number: ", r(VISA[:5]), r(VISA[5:]), note, comment) + para("Pay ", deleted, picture) + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>" + para(f'<w:hlink w:dest="mailto:{EMAIL}">{r("her")}</w:hlink>') + head
    about = f"<o:DocumentProperties><o:Title>Budget of Larkspur</o:Title><o:Pages>1</o:Pages></o:DocumentProperties>{properties('o:', keys(A, 'Confidential'))}"
    document = f'{HEAD}<?mso-application progid="Word.Document"?><w:wordDocument {spaces}>{about}<w:styles><w:style><w:name w:val="Normal"/></w:style></w:styles><w:body><wx:sect>{body}</wx:sect></w:body></w:wordDocument>'
    facts = [
        "status ok",
        "kind application/x-wordprocessingml-2003",
        f'reads body "{VISA}"',
        f'reads headers "{KEYWORD}"',
        f'reads notes "{ITIN}"',
        f'reads comments "{IBAN_DE}"',
        f'reads changes "{SSN_2}"',
        f'reads metadata "mailto:{EMAIL}"',
        f'reads embedded "{MASTERCARD}"',
        "reads labels Confidential",
        "match us-ssn high 1 cell=R1C2",
        'not-text "Normal"',
    ]
    case("wordml/honest/document.xml", document, *facts)
    case("wordml/hostile/cut.xml", document[: document.index("Pay ") + 3], "gap corrupt", "match credit-card-number high 1")

    def sheet(name: str, rows: str, more: str = "") -> str:
        return f'<Worksheet ss:Name="{name}"><Table>{rows}</Table><WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">{more}</WorksheetOptions></Worksheet>'

    def cell(value: str, kind: str = "String", more: str = "", inside: str = "") -> str:
        return f'<Cell{more}><Data ss:Type="{kind}">{value}</Data>{inside}</Cell>'

    remark = f'<Comment ss:Author="Anna"><ss:Data>IBAN {IBAN_DE}</ss:Data></Comment>'
    first = f'<Row>{cell("Name")}{cell("SSN")}</Row><Row ss:Index="4">{cell("Anna")}{cell(SSN, inside=remark)}</Row><Row>{cell(VISA, "Number", " ss:Index=" + chr(34) + "3" + chr(34))}</Row>'
    hidden = cell(f"ITIN {ITIN}")
    secret = sheet("Secret", f"<Row>{hidden}</Row>", "<Visible>SheetHidden</Visible>")
    header = f'<PageSetup><Header x:Data="&amp;LLedger of {KEYWORD}"/></PageSetup>'
    book = f'{HEAD}<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel" xmlns:dt="uuid:C2F41010-65B3-11d1-A29F-00AA00C14882"><DocumentProperties><Title>Budget of {EMAIL}</Title></DocumentProperties>{properties("", keys(A, "Confidential"))}{sheet("Staff", first, header)}{secret}</Workbook>'
    facts = [
        "status ok",
        "kind application/x-spreadsheetml-2003",
        "match us-ssn high 1 sheet=Staff cell=B4",
        f'reads body "{VISA}"',
        f'reads headers "{KEYWORD}"',
        f'reads comments "{IBAN_DE}"',
        f'reads hidden "{ITIN}"',
        f'reads metadata "{EMAIL}"',
        "reads labels Confidential",
    ]
    case("wordml/honest/workbook.xls", book, *facts)
    case("wordml/hostile/rows-beyond-all-bounds.xml", book.replace('ss:Index="4"', 'ss:Index="4294967295"'), "match us-ssn high 1")

    pack = package(p(f"Card number: {VISA}"), '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/></w:sectPr>')
    story(pack, "header", root("hdr", p(f"SSN: {SSN}")), "header1.xml")
    pack.properties(title=f"{KEYWORD} budget")
    parts = ""
    for name, content in pack.files().items():
        if name != "[Content_Types].xml":
            kind = pack.types.get(name, pack.defaults["rels" if name.endswith(".rels") else "xml"])
            inner = content.decode().split("?>", 1)[-1]
            parts += f'<pkg:part pkg:name="/{name}" pkg:contentType="{kind}"><pkg:xmlData>{inner}</pkg:xmlData></pkg:part>'
    note = base64.b64encode(f"IBAN {IBAN_GB}\n".encode()).decode()
    parts += f'<pkg:part pkg:name="/word/embeddings/a.bin" pkg:contentType="application/octet-stream"><pkg:binaryData>{note}</pkg:binaryData></pkg:part>'
    flat = f'{HEAD}<?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">{parts}</pkg:package>'
    facts = ["kind application/x-flat-opc", f'reads body "{VISA}"', f'reads headers "SSN: {SSN}"', f'reads metadata "{KEYWORD} budget"', f'reads embedded "{IBAN_GB}"']
    case("wordml/honest/flat-package.xml", flat, "status ok", *facts)
    drawing = f'{HEAD}<VisioDocument xmlns="http://schemas.microsoft.com/visio/2003/core"><Pages><Page Name="P"><Shapes><Shape><XForm><PinX>4.25</PinX></XForm><Text><cp IX="0"/>SSN: {SSN[:4]}<cp IX="1"/>{SSN[4:]}</Text><Prop NameU="Row_1"><Value>{VISA}</Value><Label>Card number</Label></Prop></Shape></Shapes></Page></Pages></VisioDocument>'
    case("wordml/honest/drawing.vdx", drawing, "status ok", "kind application/x-visio-xml", f'reads body "SSN: {SSN}"', f'reads metadata "Card number: {VISA}"', 'not-text "4.25"')
