"""Presentations: slides, notes, comments, tables, what masters and properties hold."""

from xml.sax.saxutils import escape

from .case import case
from .opc import HEAD, REL, SLIDE, Package
from .values import *

SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    f'xmlns:r="{REL}" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
KIND = "kind application/vnd.openxmlformats-officedocument.presentationml.presentation"
GROUP = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
MAP = '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'


def paragraph(*runs: str) -> str:
    return "<a:p>" + "".join(f"<a:r><a:t>{escape(r)}</a:t></a:r>" for r in runs) + "</a:p>"


def shape(*paragraphs: str, number: int = 2, more: str = "") -> str:
    inner = "".join(x if x.startswith("<") else paragraph(x) for x in paragraphs)
    return f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Shape {number}"{more}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{inner}</p:txBody></p:sp>'


def table(rows: list[list[str]]) -> str:
    grid = "".join('<a:gridCol w="1000000"/>' for _ in rows[0])
    body = "".join('<a:tr h="370840">' + "".join(f"<a:tc><a:txBody><a:bodyPr/>{paragraph(v)}</a:txBody><a:tcPr/></a:tc>" for v in row) + "</a:tr>" for row in rows)
    frame = '<p:nvGraphicFramePr><p:cNvPr id="4" name="Table"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="1" cy="1"/></p:xfrm>'
    return f'<p:graphicFrame>{frame}<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr/><a:tblGrid>{grid}</a:tblGrid>{body}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>'


def page(tag: str, shapes: str, attributes: str = "", after: str = "") -> str:
    return f"{HEAD}<p:{tag} {SPACES}{attributes}><p:cSld><p:spTree>{GROUP}{shapes}</p:spTree></p:cSld>{after}</p:{tag}>"


class Deck:
    """A presentation with one master and one layout."""

    def __init__(self, master: str = "", layout: str = "", kind: str | None = None, main: str = "presentation.main+xml") -> None:
        self.pack, self.count = Package(), 0
        self.kind = kind or f"{SLIDE}.{main}"
        self.main = "ppt/presentation.xml"
        self.pack.relate("", "officeDocument", self.main)
        self.master = self.pack.relate(self.main, "slideMaster", "slideMasters/slideMaster1.xml")
        self.pack.relate("ppt/slideMasters/slideMaster1.xml", "slideLayout", "../slideLayouts/slideLayout1.xml")
        self.pack.relate("ppt/slideMasters/slideMaster1.xml", "theme", "../theme/theme1.xml")
        self.pack.relate("ppt/slideLayouts/slideLayout1.xml", "slideMaster", "../slideMasters/slideMaster1.xml")
        layouts = f'{MAP}<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst>'
        self.pack.part("ppt/slideMasters/slideMaster1.xml", page("sldMaster", master, after=layouts), f"{SLIDE}.slideMaster+xml")
        self.pack.part("ppt/slideLayouts/slideLayout1.xml", page("sldLayout", layout), f"{SLIDE}.slideLayout+xml")
        self.pack.part("ppt/theme/theme1.xml", THEME, "application/vnd.openxmlformats-officedocument.theme+xml")
        self.ids = ""

    def slide(self, *shapes: str, attributes: str = "") -> str:
        self.count += 1
        part = f"ppt/slides/slide{self.count}.xml"
        self.pack.part(part, page("sld", "".join(shapes), attributes), f"{SLIDE}.slide+xml")
        self.pack.relate(part, "slideLayout", "../slideLayouts/slideLayout1.xml")
        self.ids += f'<p:sldId id="{255 + self.count}" r:id="{self.pack.relate(self.main, "slide", f"slides/slide{self.count}.xml")}"/>'
        return part

    def notes(self, slide: str, text: str) -> None:
        number = slide[len("ppt/slides/slide") : -4]
        part = f"ppt/notesSlides/notesSlide{number}.xml"
        self.pack.part(part, page("notes", shape(text)), f"{SLIDE}.notesSlide+xml")
        self.pack.relate(slide, "notesSlide", f"../notesSlides/notesSlide{number}.xml")
        self.pack.relate(part, "slide", f"../slides/slide{number}.xml")

    def bytes(self) -> bytes:
        inner = f'<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="{self.master}"/></p:sldMasterIdLst><p:sldIdLst>{self.ids}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/>'
        self.pack.part(self.main, f"{HEAD}<p:presentation {SPACES}>{inner}</p:presentation>", self.kind)
        return self.pack.bytes()


_COLOURS = "".join(f'<a:{n}><a:srgbClr val="{v}"/></a:{n}>' for n, v in {"dk1": "000000", "lt1": "FFFFFF", "dk2": "1F497D", "lt2": "EEECE1", "accent1": "4F81BD", "accent2": "C0504D", "accent3": "9BBB59", "accent4": "8064A2", "accent5": "4BACC6", "accent6": "F79646", "hlink": "0000FF", "folHlink": "800080"}.items())
_FONT = '<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>'
_FILL, _LINE = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>', '<a:ln><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>'
THEME = (
    f'{HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Plain"><a:themeElements><a:clrScheme name="Plain">{_COLOURS}</a:clrScheme>'
    f'<a:fontScheme name="Plain"><a:majorFont>{_FONT}</a:majorFont><a:minorFont>{_FONT}</a:minorFont></a:fontScheme><a:fmtScheme name="Plain">'
    f"<a:fillStyleLst>{_FILL * 3}</a:fillStyleLst><a:lnStyleLst>{_LINE * 3}</a:lnStyleLst><a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst><a:bgFillStyleLst>{_FILL * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
)


def build() -> None:
    deck = Deck()
    deck.slide(shape("Quarterly review"))
    deck.slide(shape("Payment", f"Card number: {groups(VISA)}, Visa"), shape(paragraph("SSN: ", SSN[:5], SSN[5:]), number=3))
    facts = ["status ok", KIND, "match credit-card-number high 1 slide=2", "match us-ssn high 1 slide=2", f'reads body "SSN: {SSN}"']
    case("pptx/honest/slide-text-and-split-runs.pptx", deck.bytes(), *facts)

    deck = Deck()
    first = deck.slide(shape("Title"))
    deck.notes(first, f"Tell them the SSN: {SSN}")
    deck.notes(deck.slide(shape("Second")), f"Her card number is {VISA}")
    facts = ["match us-ssn high 1 part=notes slide=1", "match credit-card-number high 1 part=notes slide=2", f'reads notes "Tell them the SSN: {SSN}"']
    case("pptx/honest/speaker-notes.pptx", deck.bytes(), *facts)

    deck = Deck()
    deck.slide(shape("Seen"))
    deck.slide(shape(f"SSN: {SSN}"), attributes=' show="0"')
    case("pptx/honest/hidden-slide.pptx", deck.bytes(), "match us-ssn high 1 part=hidden slide=2", f'reads hidden "SSN: {SSN}"')

    deck = Deck()
    deck.slide(table([["Name", "SSN"], ["Anna", SSN], ["Bo", SSN_2]]))
    deck.slide(table([[VISA[i : i + 4] for i in range(0, 16, 4)]]))
    facts = ["match us-ssn high 1 slide=1 cell=R2C2", "match us-ssn high 1 slide=1 cell=R3C2", "no-match credit-card-number"]
    case("pptx/honest/tables.pptx", deck.bytes(), *facts)

    deck = Deck()
    part = deck.slide(shape("Title"))
    deck.pack.part("ppt/commentAuthors.xml", f'{HEAD}<p:cmAuthorLst {SPACES}><p:cmAuthor id="0" name="Anna" initials="A" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>', f"{SLIDE}.commentAuthors+xml")
    deck.pack.relate(deck.main, "commentAuthors", "commentAuthors.xml")
    deck.pack.part("ppt/comments/comment1.xml", f'{HEAD}<p:cmLst {SPACES}><p:cm authorId="0" dt="2024-03-05T09:12:00.000" idx="1"><p:pos x="10" y="10"/><p:text>Her SSN: {SSN}</p:text></p:cm></p:cmLst>', f"{SLIDE}.comments+xml")
    deck.pack.relate(part, "comments", "../comments/comment1.xml")
    case("pptx/honest/comment.pptx", deck.bytes(), "match us-ssn high 1 part=comment", f'reads comments "Her SSN: {SSN}"')

    deck = Deck()
    footer = shape(f"Confidential, SSN: {SSN}", number=3).replace("<p:nvPr/>", '<p:nvPr><p:ph type="ftr" sz="quarter" idx="11"/></p:nvPr>')
    deck.slide(shape("Title"), footer)
    case("pptx/honest/footer-of-a-slide.pptx", deck.bytes(), "match us-ssn high 1 part=footer slide=1", f'reads headers "Confidential, SSN: {SSN}"')

    deck = Deck()
    part = deck.slide('<p:pic><p:nvPicPr><p:cNvPr id="2" name="Scan"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="rId2"/></p:blipFill><p:spPr/></p:pic>')
    deck.pack.picture(part, "ppt/media/image1.png")
    case("pptx/honest/only-a-picture.pptx", deck.bytes(), KIND, "misses pictures image_only image1.png", "status unscannable")

    deck = Deck(master=shape(f"Master: IBAN {IBAN_DE}"), layout=shape(f"Layout: {KEYWORD}"))
    inner = shape(f"SSN: {SSN}", number=6)
    deck.slide(f'<p:grpSp><p:nvGrpSpPr><p:cNvPr id="5" name="G"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{inner}</p:grpSp>', shape("Picture", more=f' descr="Card number {VISA}"'))
    facts = ["match us-ssn high 1 slide=1", "match credit-card-number high 1 part=metadata", "match iban high 1", "match custom-keyword >=medium 1"]
    case("pptx/honest/group-alternative-text-master-layout.pptx", deck.bytes(), *facts)

    deck = Deck()
    part = deck.slide(shape('<a:p><a:r><a:rPr><a:hlinkClick r:id="rId2"/></a:rPr><a:t>write</a:t></a:r></a:p>'))
    deck.pack.relate(part, "hyperlink", f"mailto:{EMAIL}", outside=True)
    deck.pack.properties(title=f"{KEYWORD} kick-off", custom={"Customer": f"SSN: {SSN}"})
    facts = ["match email >=low 1", "match custom-keyword >=medium 1 part=metadata", "match us-ssn high 1 part=metadata", f'reads metadata "{KEYWORD} kick-off"']
    case("pptx/honest/links-and-properties.pptx", deck.bytes(), *facts)

    deck = Deck(main="template.main+xml")
    deck.slide(shape(f"Card number: {VISA}"))
    case("pptx/honest/template.potx", deck.bytes(), KIND, "match credit-card-number high 1 slide=1")
    deck = Deck(kind="application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml")
    deck.slide(shape(f"Card number: {VISA}"))
    case("pptx/honest/macro-presentation.pptm", deck.bytes(), KIND, "match credit-card-number high 1 slide=1")

    deck = Deck()
    for text in ("one", "two", f"SSN: {SSN}"):
        deck.slide(shape(text))
    first, last = "ppt/slides/slide1.xml", "ppt/slides/slide3.xml"
    deck.pack.parts[first], deck.pack.parts[last] = deck.pack.parts[last], deck.pack.parts[first]
    deck.ids = "".join(deck.ids.replace("/>", "/>\n").splitlines()[::-1])
    case("pptx/odd/slides-in-another-order-than-their-files.pptx", deck.bytes(), "match us-ssn high 1 slide=3")

    deck = Deck()
    part = deck.slide(shape("Diagram"))
    diagram = f'{HEAD}<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dgm:ptLst><dgm:pt modelId="1"><dgm:t><a:bodyPr/>{paragraph(f"SSN: {SSN}")}</dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>'
    deck.pack.part("ppt/diagrams/data1.xml", diagram, "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml")
    deck.pack.relate(part, "diagramData", "../diagrams/data1.xml")
    case("pptx/odd/diagram.pptx", deck.bytes(), "match us-ssn high 1", f'reads drawings "SSN: {SSN}"')
