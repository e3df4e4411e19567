"""Workbooks: strings and numbers in all their storages, hidden places, what stands around the cells."""

from xml.sax.saxutils import escape, quoteattr

from .case import case
from .opc import HEAD, REL, SHEET, Package
from .values import *

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND = "kind application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Cell formats by index: 0 general, 1 SSN 000-00-0000, 2 card in groups, 3 date, 4 two decimals, 5 text
FORMATS = ["000\\-00\\-0000", "0000\\ 000000\\ 00000", "yyyy\\-mm\\-dd"]
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="3">'
    + "".join(f'<numFmt numFmtId="{164 + i}" formatCode={quoteattr(f)}/>' for i, f in enumerate(FORMATS))
    + '</numFmts><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    + '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">'
    + "".join(f'<xf numFmtId="{n}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' for n in (0, 164, 165, 166, 2, 49))
    + "</cellXfs></styleSheet>"
)

PICTURE = f'<xdr:pic xmlns:r="{REL}"><xdr:nvPicPr><xdr:cNvPr id="2" name="Scan"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic>'


class Book:
    """A workbook; strings are shared unless a cell says otherwise."""

    def __init__(self, main: str = "sheet.main+xml", kind: str | None = None) -> None:
        self.pack, self.sheets, self.strings = Package(), [], []
        self.kind, self.extra = kind or f"{SHEET}.{main}", ""

    def text(self, value: str) -> int:
        item = value if value.startswith("<r>") else f'<t xml:space="preserve">{escape(value)}</t>'
        if item not in self.strings:
            self.strings.append(item)
        return self.strings.index(item)

    def sheet(self, name: str, rows: list, state: str = "", before: str = "", after: str = "") -> str:
        """Adds a sheet of rows of cells (a str, a number, or ready XML); gives the name of its part."""
        number = len(self.sheets) + 1
        body = ""
        for r, row in enumerate(rows, 1):
            more, row = row if isinstance(row, tuple) else ("", row)
            body += f'<row r="{r}"{more}>' + "".join(self.cell(f"{chr(65 + c)}{r}", v) for c, v in enumerate(row) if v is not None) + "</row>"
        part = f"xl/worksheets/sheet{number}.xml"
        self.pack.part(part, f'{HEAD}<worksheet xmlns="{MAIN}" xmlns:r="{REL}">{before}<sheetData>{body}</sheetData>{after}</worksheet>', f"{SHEET}.worksheet+xml")
        self.sheets.append((name, state))
        return part

    def cell(self, at: str, value) -> str:
        if isinstance(value, str) and value.startswith("<c"):
            return value.replace("<c", f'<c r="{at}"', 1)
        if isinstance(value, str):
            return f'<c r="{at}" t="s"><v>{self.text(value)}</v></c>'
        return f'<c r="{at}"><v>{value}</v></c>'

    def bytes(self) -> bytes:
        pack = self.pack
        main = "xl/workbook.xml"
        ids = [pack.relate(main, "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(self.sheets) + 1)]
        items = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{i}"{f" state={chr(34)}{state}{chr(34)}" if state else ""} r:id="{ids[i - 1]}"/>'
            for i, (name, state) in enumerate(self.sheets, 1)
        )
        pack.part(main, f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{items}</sheets>{self.extra}</workbook>', self.kind)
        pack.relate("", "officeDocument", main)
        pack.part("xl/styles.xml", STYLES, f"{SHEET}.styles+xml")
        pack.relate(main, "styles", "styles.xml")
        if self.strings:
            shared = "".join(f"<si>{s}</si>" for s in self.strings)
            pack.part("xl/sharedStrings.xml", f'{HEAD}<sst xmlns="{MAIN}" count="{len(self.strings)}" uniqueCount="{len(self.strings)}">{shared}</sst>', f"{SHEET}.sharedStrings+xml")
            pack.relate(main, "sharedStrings", "sharedStrings.xml")
        return pack.bytes()


def book(*sheets: tuple) -> bytes:
    """A workbook of (name, rows)."""
    made = Book()
    for name, rows in sheets:
        made.sheet(name, rows)
    return made.bytes()


def number(value: str, style: int) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def inline(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def build() -> None:
    cells()
    hidden()
    around()
    odd()


def cells() -> None:
    staff = [["Name", "SSN", "Card number"], ["Anna Adler", SSN, groups(VISA)], ["Bo Berg", SSN_2, MASTERCARD]]
    facts = ["status ok", KIND, "match us-ssn high 1 sheet=Staff cell=B2", "match us-ssn high 1 sheet=Staff cell=B3", "match credit-card-number high 2 sheet=Staff", f'reads body "{SSN}"']
    case("xlsx/honest/shared-strings.xlsx", book(("Staff", staff), ("Empty", [[]])), *facts)
    inlined = [[inline(v) for v in row] for row in staff]
    case("xlsx/honest/inline-strings.xlsx", book(("Staff", inlined)), *facts)
    rich = f"<r><rPr><b/></rPr><t>{VISA[:6]}</t></r><r><t>{VISA[6:]}</t></r>"
    facts = ["match credit-card-number high 1 sheet=Pay cell=B1", f'text "{VISA}"']
    case("xlsx/honest/rich-string-over-two-runs.xlsx", book(("Pay", [["Card number", rich]])), *facts)
    bare = SSN.replace("-", "")
    shown = [["Name", "SSN"], ["Anna", number(bare, 1)], ["Bo", number(str(int(SSN_3.replace("-", ""))), 1)]]
    facts = ["match us-ssn high >=1 cell=B2", "match us-ssn high >=1 cell=B3", "unique us-ssn 2", "match us-ssn high 2", f'text "{SSN}"']
    case("xlsx/honest/numbers-shown-as-ssn.xlsx", book(("Staff", shown)), *facts)
    case("xlsx/honest/numbers-shown-as-ssn-without-header.xlsx", book(("Sheet1", [[number(bare, 1)]])), "match us-ssn >=low 1 cell=A1", f'text "{SSN}"')
    leading = [["Kind", "SSN"], ["Bo", number("12345678", 1)]]
    case("xlsx/honest/leading-zero-only-when-shown.xlsx", book(("Staff", leading)), "match us-ssn >=low 1 cell=B2", 'text "012-34-5678"')
    amex = [["Card number", "Amount", "Date"], [number(AMEX, 2), number("12.5", 4), number("45356", 3)], [number(AMEX, 0), 12, 1]]
    facts = ["match credit-card-number high >=1 cell=A2", "match credit-card-number high 1 cell=A3", "unique credit-card-number 1", 'text "12.50"', 'text "2024-03-05"']
    case("xlsx/honest/card-as-a-number.xlsx", book(("Pay", amex)), *facts)
    formulas = [
        ["Card number", "SSN"],
        [f'<c t="str"><f>"{VISA[:8]}"&amp;"{VISA[8:]}"</f><v>{VISA}</v></c>', f'<c s="1"><f>536228400+67</f><v>{bare}</v></c>'],
    ]
    facts = ["match credit-card-number high 1 cell=A2", "match us-ssn high >=1 cell=B2", "unique us-ssn 1"]
    case("xlsx/honest/cached-formula-results.xlsx", book(("Calc", formulas)), *facts)
    literal = [["Customer", f'<c><f>VLOOKUP("SSN {SSN}",Other!A:B,2,FALSE)</f><v>1</v></c>']]
    case("xlsx/odd/value-only-in-a-formula.xlsx", book(("Calc", literal)), "match us-ssn high 1")
    glued = [[VISA[i : i + 4] for i in range(0, 16, 4)], [int(VISA[i : i + 4]) for i in range(0, 16, 4)], ["536", "22", "8467"]]
    case("xlsx/honest/neighbouring-cells-are-not-glued.xlsx", book(("Parts", glued)), "no-match *")
    below = [[VISA[0:4]], [VISA[4:8]], [VISA[8:12]], [VISA[12:]]]
    case("xlsx/honest/cells-below-each-other-are-not-glued.xlsx", book(("Parts", below)), "no-match *")
    orders = [["Order", "Invoice", "EAN", "IMEI"]] + [[int(digits(f"x{i}", 9)), f"INV-{i:06}", "4006381333931", "490154203237518"] for i in range(1, 20)]
    case("xlsx/honest/orders-look-alike.xlsx", book(("Orders", orders)), "status ok", "no-match *")
    two = [["Name", "SSN"], ["Anna", SSN]], [["Name", "Card number"], ["Bo", VISA]]
    facts = ["match us-ssn high 1 sheet=First cell=B2", 'match credit-card-number high 1 sheet="Second & last" cell=B2']
    case("xlsx/honest/two-sheets.xlsx", book(("First", two[0]), ("Second & last", two[1])), *facts)


def hidden() -> None:
    made = Book()
    made.sheet("Seen", [["Nothing here."]])
    made.sheet("Hidden", [["SSN", SSN]], state="hidden")
    made.sheet("Deep", [["Card number", VISA]], state="veryHidden")
    facts = ["match us-ssn high 1 sheet=Hidden part=hidden", "match credit-card-number high 1 sheet=Deep part=hidden", f'reads hidden "{VISA}"', "suspicion hidden_text"]
    case("xlsx/honest/hidden-sheets.xlsx", made.bytes(), *facts)
    made = Book()
    columns = '<cols><col min="3" max="3" width="9" hidden="1"/></cols>'
    made.sheet("Sheet1", [["Name", "SSN", "Card number"], (' hidden="1"', ["Anna", SSN, None]), ["Bo", None, VISA]], before=columns)
    facts = ["match us-ssn high 1 cell=B2 part=hidden", "match credit-card-number high 1 cell=C3 part=hidden"]
    case("xlsx/honest/hidden-row-and-column.xlsx", made.bytes(), *facts)


def around() -> None:
    made = Book()
    part = made.sheet("Sheet1", [["Nothing here."]])
    made.pack.part("xl/comments1.xml", f'{HEAD}<comments xmlns="{MAIN}"><authors><author>Anna</author></authors><commentList><comment ref="A1" authorId="0"><text><r><t>Her SSN: </t></r><r><t>{SSN}</t></r></text></comment></commentList></comments>', f"{SHEET}.comments+xml")
    made.pack.relate(part, "comments", "../comments1.xml")
    case("xlsx/honest/cell-comment.xlsx", made.bytes(), "match us-ssn high 1 part=comment sheet=Sheet1", f'reads comments "Her SSN: {SSN}"')

    made = Book()
    part = made.sheet("Sheet1", [["Nothing here."]])
    threaded = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    made.pack.part("xl/threadedComments/threadedComment1.xml", f'{HEAD}<ThreadedComments xmlns="{threaded}"><threadedComment ref="A1" dT="2024-03-05T09:12:00.00" personId="{{11111111-2222-3333-4444-555555555555}}" id="{{11111111-2222-3333-4444-666666666666}}"><text>Her SSN: {SSN}</text></threadedComment></ThreadedComments>', "application/vnd.ms-excel.threadedcomments+xml")
    made.pack.relate(part, "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment", "../threadedComments/threadedComment1.xml")
    case("xlsx/honest/threaded-comment.xlsx", made.bytes(), "match us-ssn high 1 part=comment cell=A1")

    made = Book()
    made.sheet("Sheet1", [["Nothing here."]], after=f"<headerFooter><oddHeader>&amp;L&amp;B SSN: {SSN}</oddHeader><oddFooter>&amp;CPay to IBAN {IBAN_DE}&amp;P</oddFooter></headerFooter>")
    case("xlsx/honest/header-and-footer.xlsx", made.bytes(), "match us-ssn high 1 part=header", "match iban high 1 part=footer", f'reads headers "SSN: {SSN}"')

    made = Book()
    part = made.sheet("Sheet1", [["Nothing here."]], after='<drawing r:id="rId1"/>')
    draw = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    anchor = "<xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>0</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>3</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
    shape = f'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="Box" descr="IBAN {IBAN_DE}"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/><a:p><a:r><a:t>SSN: 536-</a:t></a:r><a:r><a:t>22-8467</a:t></a:r></a:p></xdr:txBody></xdr:sp>'
    made.pack.part("xl/drawings/drawing1.xml", f"{HEAD}<xdr:wsDr {draw}><xdr:twoCellAnchor>{anchor}{shape}<xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>", "application/vnd.openxmlformats-officedocument.drawing+xml")
    made.pack.relate(part, "drawing", "../drawings/drawing1.xml")
    case("xlsx/honest/text-box-and-alternative-text.xlsx", made.bytes(), "match us-ssn high 1", "match iban high 1 part=metadata", 'reads drawings "SSN: 536-22-8467"')

    made = Book()
    part = made.sheet("Sheet1", [["Write to her"]], after='<hyperlinks><hyperlink ref="A1" r:id="rId1"/></hyperlinks>')
    made.pack.relate(part, "hyperlink", f"mailto:{EMAIL}", outside=True)
    made.pack.properties(title=f"{KEYWORD_2} 2024", custom={"Customer": f"SSN: {SSN}"})
    made.extra = f'<definedNames><definedName name="Payee">"IBAN {IBAN_DE}"</definedName></definedNames>'
    facts = ["match email >=low 1", "match custom-keyword >=medium 1 part=metadata", "match us-ssn high 1 part=metadata", "match iban high 1", f'reads metadata "{KEYWORD_2} 2024"']
    case("xlsx/honest/links-names-properties.xlsx", made.bytes(), *facts)

    made = Book()
    part = made.sheet("Sheet1", [["Choose"]], after='<drawing r:id="rId1"/>')
    control = f'{HEAD}<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" objectType="Drop" dropStyle="combo"><itemLst><item val="SSN: {SSN}"/><item val="None"/></itemLst></formControlPr>'
    made.pack.part("xl/ctrlProps/ctrlProp1.xml", control, "application/vnd.ms-excel.controlproperties+xml")
    made.pack.relate(part, "ctrlProp", "../ctrlProps/ctrlProp1.xml")
    case("xlsx/honest/form-control.xlsx", made.bytes(), "match us-ssn high 1", f'reads forms "SSN: {SSN}"')

    made = Book()
    part = made.sheet("Sheet1", [[]], after='<drawing r:id="rId1"/>')
    made.pack.part("xl/drawings/drawing1.xml", f"{HEAD}<xdr:wsDr {draw}><xdr:twoCellAnchor>{anchor}{PICTURE}<xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>", "application/vnd.openxmlformats-officedocument.drawing+xml")
    made.pack.relate(part, "drawing", "../drawings/drawing1.xml")
    made.pack.picture("xl/drawings/drawing1.xml", "xl/media/image1.png")
    case("xlsx/honest/only-a-picture.xlsx", made.bytes(), KIND, "misses pictures image_only image1.png", "status partial")

    made = Book(kind="application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    made.sheet("Sheet1", [["Card number", VISA]])
    case("xlsx/honest/macro-workbook.xlsm", made.bytes(), KIND, "match credit-card-number high 1 cell=B1")
    made = Book("template.main+xml")
    made.sheet("Sheet1", [["Card number", VISA]])
    case("xlsx/honest/template.xltx", made.bytes(), KIND, "match credit-card-number high 1 cell=B1")


def odd() -> None:
    made = Book()
    part = made.sheet("Sheet1", [["SSN", SSN]])
    made.pack.parts[part] = made.pack.parts[part].replace(b' r="A1"', b"").replace(b' r="B1"', b"").replace(b' r="1"', b"")
    case("xlsx/odd/cells-without-references.xlsx", made.bytes(), "match us-ssn high 1 cell=B1")
    made = Book()
    made.sheet("Sheet1", [["SSN", number("5.36228467E8", 1)]])
    case("xlsx/odd/number-in-scientific-notation.xlsx", made.bytes(), "match us-ssn high >=1 cell=B1", "unique us-ssn 1", f'text "{SSN}"')
    made = Book()
    made.sheet("Sheet1", [["Nothing here."]])
    cache = f'{HEAD}<pivotCacheDefinition xmlns="{MAIN}"><cacheFields count="1"><cacheField name="SSN"><sharedItems><s v="{SSN}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>'
    made.pack.part("xl/pivotCache/pivotCacheDefinition1.xml", cache, f"{SHEET}.pivotCacheDefinition+xml")
    made.pack.relate("xl/workbook.xml", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml")
    case("xlsx/odd/value-left-in-a-pivot-cache.xlsx", made.bytes(), "match us-ssn >=medium 1")
    made = Book()
    made.text(f"SSN: {SSN_2}")
    made.sheet("Sheet1", [["Nothing here."]])
    case("xlsx/odd/string-that-no-cell-shows.xlsx", made.bytes(), "match us-ssn high 1")
    made = Book()
    made.sheet("Sheet1", [["SSN", SSN], ["<c t=\"s\"><v>99999</v></c>", "<c t=\"s\"><v>-1</v></c>", "<c s=\"77\"><v>5</v></c>", "<c><v>NaN</v></c>"]])
    case("xlsx/hostile/indexes-out-of-range.xlsx", made.bytes(), "match us-ssn high 1 cell=B1")
    made = Book()
    part = made.sheet("Sheet1", [["SSN", SSN]])
    made.pack.parts[part] = made.pack.parts[part].replace(b"</row>", b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    case("xlsx/hostile/cell-in-the-last-corner.xlsx", made.bytes(), "match us-ssn high 1 cell=B1")
