"""OpenDocument: texts, sheets, presentations and drawings, as packages and flat."""

from xml.sax.saxutils import escape, quoteattr

from .case import case
from .labels import A, keys
from .opc import HEAD
from .packing import Entry, zipped
from .values import *

NAMES = ("office", "text", "table", "style", "draw", "presentation", "form", "meta", "script", "manifest", "number", "config")
SPACES = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in NAMES) + (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
)
MEDIA = "application/vnd.oasis.opendocument"


def meta(title: str = "", custom: dict[str, str] | None = None) -> str:
    """The inside of `office:meta`."""
    items = "".join(f"<meta:user-defined meta:name={quoteattr(k)}>{escape(v)}</meta:user-defined>" for k, v in (custom or {}).items())
    return f"<office:meta><meta:generator>Corpus/1.0</meta:generator><dc:title>{escape(title)}</dc:title>{items}</office:meta>"


def package(kind: str, body: str, styles: str = "", masters: str = "", about: str = "", files: dict[str, bytes | str] | None = None, scripts: str = "") -> bytes:
    """A package; `body` is what stands in `office:body`, `styles` are automatic ones."""
    content = f'{HEAD}<office:document-content {SPACES} office:version="1.3">{scripts}<office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body></office:document-content>'
    looks = f'{HEAD}<office:document-styles {SPACES} office:version="1.3"><office:styles><style:style style:name="Heading" style:family="paragraph"/></office:styles><office:master-styles>{masters}</office:master-styles></office:document-styles>'
    members = {"content.xml": content, "styles.xml": looks}
    if about:
        members["meta.xml"] = f'{HEAD}<office:document-meta {SPACES} office:version="1.3">{about}</office:document-meta>'
    members["settings.xml"] = f'{HEAD}<office:document-settings {SPACES}><office:settings><config:config-item config:name="PrinterSetup">bm90IHRleHQ=</config:config-item></office:settings></office:document-settings>'
    members |= files or {}
    entries = "".join(f'<manifest:file-entry manifest:full-path="{n}" manifest:media-type="text/xml"/>' for n in members)
    root = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA}.{kind}"/>'
    members["META-INF/manifest.xml"] = f"{HEAD}<manifest:manifest {SPACES}>{root}{entries}</manifest:manifest>"
    first = Entry("mimetype", f"{MEDIA}.{kind}".encode(), method=0)
    return zipped([first] + [Entry(n, d.encode() if isinstance(d, str) else d) for n, d in members.items()])


def flat(kind: str, body: str, about: str = "", styles: str = "") -> str:
    """The same as one XML file."""
    return f'{HEAD}<office:document {SPACES} office:version="1.3" office:mimetype="{MEDIA}.{kind}">{about}<office:automatic-styles>{styles}</office:automatic-styles><office:body>{body}</office:body></office:document>'


def p(inner: str) -> str:
    return f"<text:p>{inner}</text:p>"


def cell(text: str, more: str = "", inside: str = "") -> str:
    return f"<table:table-cell{more}>{inside}{p(text)}</table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(c if c.startswith('<') else cell(c) for c in cells)}</table:table-row>"


def table(*rows: str, name: str = "Table1", more: str = "") -> str:
    return f'<table:table table:name="{name}"{more}><table:table-column table:number-columns-repeated="3"/>{"".join(rows)}</table:table>'


def build() -> None:
    texts()
    sheets()
    slides()
    odd()


def texts() -> None:
    body = (
        f'<text:h text:outline-level="1">Payment  details</text:h>'
        + p(f"Card<text:s/>number:<text:tab/><text:span>{VISA[:6]}</text:span><text:span>{VISA[6:]}</text:span>\n  and more")
        + f"<text:list><text:list-item>{p(f'IBAN {IBAN_GB}')}</text:list-item></text:list>"
        + table(row("Name", "SSN"), row("Anna Adler", SSN))
    )
    facts = ["status ok", f"kind {MEDIA}.text", "match credit-card-number high 1 part=body", "match iban high 1", "match us-ssn high 1 cell=R2C2"]
    case("odt/honest/body.odt", package("text", f"<office:text>{body}</office:text>"), *facts, 'reads body "Payment details"', f'text "{VISA} and more"', 'not-text "PrinterSetup"', 'not-text "bm90"')
    case("odt/honest/flat.fodt", flat("text", f"<office:text>{body}</office:text>"), *facts)

    note = f'<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>{p(f"SSN: {SSN}")}</text:note-body></text:note>'
    remark = f"<office:annotation><dc:creator>Anna</dc:creator><dc:date>2024-03-05T09:12:00</dc:date>{p(f'Pay to IBAN {IBAN_DE}')}</office:annotation>"
    box = f'<draw:frame draw:name="Frame1"><draw:text-box>{p(f"Card number: {groups(VISA)}")}</draw:text-box><svg:title>Scan of {EMAIL_2}</svg:title></draw:frame>'
    link = f'<text:a xlink:href="mailto:{EMAIL}">her</text:a>'
    beside = p(f"Before{note}{remark}{box} and {link} after")
    removed = f'<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Anna</dc:creator><dc:date>2024-03-05T09:12:00</dc:date></office:change-info>{p(f"Old card number: {VISA_2}")}</text:deletion></text:changed-region></text:tracked-changes>'
    hidden = '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
    unseen = p(f'Seen <text:span text:style-name="T1">SSN: {SSN_2}</text:span>') + f'<text:section text:name="S" text:display="none">{p(f"Ledger: {KEYWORD_2}")}</text:section>'
    form = f'<office:forms><form:form form:name="F"><form:text form:name="ssn" form:current-value="{SSN_3}"/><form:hidden form:name="token" form:value="{KEYWORD}"/></form:form></office:forms>'
    master = f'<style:master-page style:name="Standard"><style:header>{p(f"Confidential, card number {MASTERCARD}")}</style:header><style:footer>{p("Page of the footer")}</style:footer></style:master-page>'
    module = f"{HEAD}<script:module {SPACES} script:name=\"Module1\" script:language=\"StarBasic\">Sub Main\n  card = &quot;{AMEX}&quot;\nEnd Sub</script:module>"
    files = {"Basic/Standard/Module1.xml": module, "Attachments/staff.txt": f"ITIN of Bo: {ITIN}\n", "Thumbnails/thumbnail.png": b"\x89PNG\r\n\x1a\n" + bytes(40)}
    about = meta("Budget 2025", {"Customer": "Larkspur & Co"} | keys(A, "Confidential"))
    everything = package("text", f"<office:text>{form}{removed}{beside}{unseen}</office:text>", hidden, master, about, files)
    facts = [
        "match us-ssn high 1 part=footnote",
        f'reads notes "SSN: {SSN}"',
        f'reads comments "IBAN {IBAN_DE}"',
        f'reads drawings "{groups(VISA)}"',
        f'reads changes "{VISA_2}"',
        f'reads hidden "SSN: {SSN_2}"',
        f'reads forms "ssn: {SSN_3}"',
        f'reads headers "card number {MASTERCARD}"',
        f'reads macros "{AMEX}"',
        f'reads embedded "{ITIN}"',
        f'reads metadata "mailto:{EMAIL}"',
        "reads labels Confidential",
        'text "Before and her after"',
        'text "Customer: Larkspur & Co"',
        f'text "Scan of {EMAIL_2}"',
    ]
    case("odt/honest/everything-beside-the-text.odt", everything, "status ok", *facts)
    old = '<text:p text:style-name="P1">Visible</text:p>'
    case("odt/honest/writer-1.sxw", zipped([Entry("mimetype", b"application/vnd.sun.xml.writer"), Entry("content.xml", f'{HEAD}<office:document-content xmlns:office="http://openoffice.org/2000/office" xmlns:text="http://openoffice.org/2000/text"><office:body>{old}{p(f"SSN: {SSN}")}</office:body></office:document-content>'.encode())]), f"kind {MEDIA}.text", "match us-ssn high 1")
    closed = package("text", f"<office:text>{p('x')}</office:text>")
    sealed = '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml" manifest:size="99"><manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="AAAA"><manifest:algorithm manifest:algorithm-name="Blowfish CFB" manifest:initialisation-vector="AAAA"/></manifest:encryption-data></manifest:file-entry>'
    closed = zipped([Entry("mimetype", f"{MEDIA}.text".encode()), Entry("content.xml", bytes(range(7, 160))), Entry("META-INF/manifest.xml", f"{HEAD}<manifest:manifest {SPACES}>{sealed}</manifest:manifest>".encode())])
    case("odt/honest/encrypted.odt", closed, f"kind {MEDIA}.text", "gap password_protected", "status unscannable")


def sheets() -> None:
    hidden = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    remark = f"<office:annotation><dc:date>2024-03-05</dc:date>{p(f'IBAN {IBAN_DE}')}</office:annotation>"
    staff = table(
        row("Name", "SSN", "Card number"),
        row("Anna Adler", cell(SSN, inside=remark), cell(groups(VISA), ' office:value-type="string"')),
        row("Bo Berg", SSN_2, f'<table:table-cell office:value-type="float" office:value="{MASTERCARD}"/>'),
        row(cell("4.5E+15", f' office:value-type="float" office:value="{VISA_2}"'), more=' table:number-rows-repeated="3"'),
        row('<table:table-cell table:number-columns-repeated="16380"/>', more=' table:number-rows-repeated="1048000"'),
        row(cell("x", f' table:formula="of:=VLOOKUP(&quot;{KEYWORD}&quot;;[.A1:.B2];2)"')),
        row(f"Account {ACCOUNT}", more=' table:visibility="collapse"'),
        name="Staff",
    )
    secret = table(row(f"ITIN {ITIN}"), name="Secret", more=' table:style-name="ta2"')
    shape = f'<table:shapes><draw:custom-shape>{p("Words in a shape")}</draw:custom-shape></table:shapes>'
    changed = f'<table:tracked-changes><table:cell-content-change><office:change-info><dc:creator>Anna</dc:creator></office:change-info><table:previous><table:change-track-table-cell>{p(f"Formerly {SSN_3}")}</table:change-track-table-cell></table:previous></table:cell-content-change></table:tracked-changes>'
    master = f'<style:master-page style:name="Default"><style:header>{p(f"Sheet of {KEYWORD_2}")}</style:header></style:master-page>'
    module = f'{HEAD}<script:module {SPACES} script:name="M">const = "{AMEX}"</script:module>'
    files = {"Basic/Standard/M.xml": module, "Attachments/staff.txt": f"IBAN {IBAN_FR}\n"}
    body = f"<office:spreadsheet>{changed}{staff.replace('<table:table-row', shape + '<table:table-row', 1)}{secret}</office:spreadsheet>"
    about = meta("", keys(A, "Confidential"))
    facts = [
        "status ok",
        f"kind {MEDIA}.spreadsheet",
        "match us-ssn high 1 sheet=Staff cell=B2",
        "match us-ssn high 1 sheet=Staff cell=B3",
        "match credit-card-number high 1 sheet=Staff cell=C3",
        f'text "4.5E+15  {VISA_2}"',
        'reads body "Anna Adler"',
        f'reads comments "IBAN {IBAN_DE}"',
        f'reads hidden "ITIN {ITIN}"',
        f'reads hidden "{ACCOUNT}"',
        f'reads changes "{SSN_3}"',
        'reads drawings "Words in a shape"',
        f'reads metadata "{KEYWORD}"',
        f'reads headers "{KEYWORD_2}"',
        f'reads macros "{AMEX}"',
        f'reads embedded "{IBAN_FR}"',
        "reads labels Confidential",
    ]
    case("ods/honest/sheets.ods", package("spreadsheet", body, hidden, master, about, files), *facts)
    case("ods/honest/flat.fods", flat("spreadsheet", body, about, hidden), f"kind {MEDIA}.spreadsheet", "match us-ssn high 1 sheet=Staff cell=B2")
    glued = table(row(*[VISA[i : i + 4] for i in range(0, 16, 4)]))
    case("ods/honest/neighbouring-cells-are-not-glued.ods", package("spreadsheet", f"<office:spreadsheet>{glued}</office:spreadsheet>"), "no-match *")
    many = table(row(cell(f"SSN: {SSN}", ' table:number-columns-repeated="2147483647"'), more=' table:number-rows-repeated="4294967295"') * 3)
    case("ods/hostile/a-cell-repeated-for-ever.ods", package("spreadsheet", f"<office:spreadsheet>{many}</office:spreadsheet>"), "match us-ssn high 3")


def slides() -> None:
    hidden = '<style:style style:name="dp2" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'

    def frame(text: str) -> str:
        return f"<draw:frame><draw:text-box>{p(text)}</draw:text-box></draw:frame>"

    first = f'<draw:page draw:name="page1">{frame(f"Card number: {VISA}")}<draw:custom-shape>{p("In a shape")}<svg:desc>Picture of {EMAIL}</svg:desc></draw:custom-shape><presentation:notes>{frame(f"SSN: {SSN}")}</presentation:notes><office:annotation><dc:creator>Bo</dc:creator>{p(f"IBAN {IBAN_DE}")}</office:annotation></draw:page>'
    second = f'<draw:page draw:name="page2" draw:style-name="dp2">{frame(f"Hidden SSN: {SSN_2}")}</draw:page>'
    prompt = '<style:master-page style:name="M"><draw:frame presentation:placeholder="true"><draw:text-box><text:p>Click to add</text:p></draw:text-box></draw:frame></style:master-page>'
    chart = f'{HEAD}<office:document-content {SPACES}><office:body><office:chart><table:table table:name="local-table">{row("Card", VISA_2)}</table:table></office:chart></office:body></office:document-content>'
    files = {"Object 1/content.xml": chart, "ObjectReplacements/Object 1": b"VCLMTF" + bytes(60), "Attachments/a.txt": f"IBAN {IBAN_GB}"}
    body = f"<office:presentation>{first}{second}</office:presentation>"
    facts = [
        "status ok",
        f"kind {MEDIA}.presentation",
        "match credit-card-number high 1 slide=1 part=body",
        "match us-ssn high 1 slide=1 part=notes",
        "match us-ssn high 1 slide=2 part=hidden",
        f'reads body "{VISA}"',
        f'reads notes "SSN: {SSN}"',
        f'reads comments "{IBAN_DE}"',
        f'reads hidden "{SSN_2}"',
        'reads drawings "In a shape"',
        f'reads metadata "Picture of {EMAIL}"',
        f'reads embedded "{IBAN_GB}"',
        f'text "{VISA_2}"',
        'not-text "Click to add"',
    ]
    case("odp/honest/slides.odp", package("presentation", body, hidden, prompt, "", files), *facts)
    case("odp/honest/flat.fodp", flat("presentation", body, "", hidden), f"kind {MEDIA}.presentation", "match us-ssn high 1 slide=1 part=notes")
    page = f'<draw:page draw:name="page1"><draw:rect>{p(f"Card number: {VISA}")}<svg:title>Plan by {EMAIL}</svg:title></draw:rect></draw:page>'
    body = f"<office:drawing>{page}</office:drawing>"
    facts = [f"kind {MEDIA}.graphics", "match credit-card-number high 1 page=1", f'reads body "{VISA}"', f'reads drawings "{VISA}"', f'reads metadata "Plan by {EMAIL}"', f'reads embedded "{IBAN_GB}"']
    case("odg/honest/drawing.odg", package("graphics", body, files={"Attachments/a.txt": f"IBAN {IBAN_GB}"}), "status ok", *facts)
    picture = base64.b64encode(f"SSN: {SSN}\n".encode() * 3).decode()
    held = body.replace("<svg:title>", f"<draw:image><office:binary-data>{picture}</office:binary-data></draw:image><svg:title>", 1)
    case("odg/honest/flat-with-a-file-in-it.fodg", flat("graphics", held), f"kind {MEDIA}.graphics", f'text "SSN: {SSN}"')


def odd() -> None:
    body = f"<office:text>{p(f'SSN: {SSN}')}</office:text>"
    whole = package("text", body)
    case("odt/odd/without-its-first-member.odt", zipped([Entry("META-INF/manifest.xml", f'{HEAD}<manifest:manifest {SPACES}><manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA}.text"/></manifest:manifest>'.encode()), Entry("content.xml", f"{HEAD}<office:document-content {SPACES}><office:body>{body}</office:body></office:document-content>".encode())]), f"kind {MEDIA}.text", "match us-ssn high 1")
    case("odt/hostile/cut.odt", whole[: len(whole) * 2 // 3], "gap corrupt", "match us-ssn high 1")
    deep = "<draw:frame><draw:text-box><text:p>" * 200 + f"SSN: {SSN}" + "</text:p></draw:text-box></draw:frame>" * 200
    case("odt/hostile/frames-200-deep.odt", package("text", f"<office:text>{p(deep)}</office:text>"), "match us-ssn high 1", "unique us-ssn 1")
    open_ended = package("text", f"<office:text>{p(f'SSN: {SSN}')}").replace(b"</office:text></office:text>", b"")
    case("odt/hostile/tags-never-closed.odt", open_ended, "gap corrupt content.xml", "match us-ssn high 1")
