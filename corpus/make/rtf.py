"""Rich Text Format: every destination that holds text, every way to write a character."""

from .case import case
from .cfb import compound
from .docx import docx, p
from .labels import A, keys
from .values import *

KIND = "kind application/rtf"
FONTS = r"{\fonttbl{\f0\froman\fcharset0 Times New Roman;}{\f1\fswiss\fcharset204 Arial Cyr;}{\f2\fnil\fcharset128 MS Mincho;}{\f3\ftech\fcharset2 Symbol;}}"
HEAD = r"{\rtf1\ansi\ansicpg1252\deff0\uc1" + FONTS + "\n"
PIXEL = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"


def rtf(*body: str, head: str = HEAD) -> bytes:
    return (head + "\n".join(body) + "\n}").encode("latin-1")


def field(instruction: str, result: str = "") -> str:
    return r"{\field{\*\fldinst{ " + instruction + r" }}{\fldrslt{" + result + "}}}"


def table(rows: list[list[str]]) -> str:
    edges = "".join(rf"\cellx{2000 * (i + 1)}" for i in range(len(rows[0])))
    return "".join(rf"\trowd\trgaph70{edges}\pard\intbl " + "".join(f"{c}\\cell " for c in row) + "\\row\n" for row in rows) + r"\pard "


def lps(text: str) -> bytes:
    return (len(text) + 1).to_bytes(4, "little") + text.encode() + b"\0"


def ole1(name: str, topic: str, native: bytes, linked: bool = False) -> str:
    """An OLE 1.0 object in hexadecimal digits (MS-OLEDS 2.2)."""
    head = (0x501).to_bytes(4, "little") + (1 if linked else 2).to_bytes(4, "little") + lps(name) + lps(topic) + lps("")
    return (head + (b"" if linked else len(native).to_bytes(4, "little") + native)).hex()


def packaged(name: str, data: bytes) -> bytes:
    path = f"C:\\corpus\\{name}".encode() + b"\0"
    head = b"\x02\0" + name.encode() + b"\0" + path + b"\0\0\x03\0" + len(path).to_bytes(4, "little") + path
    return head + len(data).to_bytes(4, "little") + data


def build() -> None:
    body()
    stories()
    around()
    objects()
    odd()
    hostile()


def body() -> None:
    text = rtf(r"\pard Payment details\par", rf"Card number: {groups(VISA)}, Visa, expires 09/28\par", rf"IBAN {IBAN_GB}\par", rf"Project: {KEYWORD}\par")
    facts = ["status ok", KIND, "match credit-card-number high 1 part=body", "match iban high 1", "match custom-keyword >=medium 1"]
    case("rtf/honest/body.rtf", text, *facts, f'reads body "Card number: {groups(VISA)}"')
    staff = [["Name", "SSN", "Card number"], ["Anna Adler", SSN, VISA], ["Bo Berg", SSN_2, groups(MASTERCARD)]]
    cells = ["match us-ssn high 1 cell=R2C2", "match us-ssn high 1 cell=R3C2", "match credit-card-number high 2"]
    case("rtf/honest/table.rtf", rtf(r"\pard Staff\par", table(staff), r"After the table\par"), *cells, "status ok")
    inner = r"\pard\intbl\itap2 SSN: " + SSN + r"\nestcell x\nestcell{\*\nesttableprops\trowd\cellx900\cellx1800\nestrow}{\nonesttables\par}"
    nested = r"\trowd\cellx4000\cellx8000\pard\intbl Outer\par" + inner + r"\pard\intbl\itap1 Card number: " + VISA + r"\cell end\cell\row\pard "
    case("rtf/honest/table-in-a-table.rtf", rtf(nested), "match us-ssn high 1", "match credit-card-number high 1", "status ok")
    glued = [[VISA[i : i + 4] for i in range(0, 16, 4)], ["536", "22", "8467", ""], ["DE89", "3704", "0044", "0532013000"]]
    case("rtf/honest/neighbouring-cells-are-not-glued.rtf", rtf(table(glued), r"\par"), "no-match *")
    runs = r"Credit card: {\b " + VISA[:3] + "}{\\cf1 " + VISA[3:7] + r"}{\rtlch\fcs1 \af0 \ltrch\fcs0 \insrsid123 " + VISA[7:9] + "}\n" + VISA[9:12] + "\r\n" + VISA[12:] + r"\par"
    case("rtf/honest/value-over-five-runs.rtf", rtf(runs), "match credit-card-number high 1", f'text "{VISA}"')
    case("rtf/odd/no-break-hyphens.rtf", rtf(r"Social Security number: 536\_22\_8467\par"), "match us-ssn high 1")
    case("rtf/honest/tabs-and-breaks.rtf", rtf(rf"SSN:\tab {SSN}\line Card number: {VISA}\page\'95 \emdash\ldblquote x\rdblquote\par"), "match us-ssn high 1", "match credit-card-number high 1")
    wide = r"{\f1 \'ca\'e0\'f0\'f2\'e0: " + VISA + r"}\par{\f2 \'83\'4a\'81\'5b\'83\'68} {\f3\'b7} Z\u252\'fcrich \u-10179?\u-8704? {\upr{x}{\*\ud{\u269 ?e\u353 ?tina}}}\par{\uc2 \u26085\'93\'fa\u26412\'96\'7b}"
    texts = ['text "Карта: "', 'text "カード"', 'text "Zürich 😀 čeština"', 'text "日本"', "match credit-card-number high 1"]
    case("rtf/honest/characters-of-many-code-pages.rtf", rtf(wide), *texts, "status ok")
    lookalike = rtf(r"Order 4539138198381882 of invoice INV-2024-000123\par", r"IMEI 490154203237518, ISBN 978-3-16-148410-0\par")
    case("rtf/honest/look-alikes.rtf", lookalike, "status ok", "no-match *")


def stories() -> None:
    text = rtf(r"{\header \pard Confidential, SSN: " + SSN + r"\par}{\footer Pay to IBAN " + IBAN_DE + r"\par}\pard Nothing here.\par")
    case("rtf/honest/header-and-footer.rtf", text, "match us-ssn high 1 part=header", "match iban high 1 part=footer", f'reads headers "{SSN}"')
    note = r"\pard Card number: " + VISA[:8] + r"{\super\chftn{\footnote\pard{\super\chftn} SSN: " + SSN + r"\par}}" + VISA[8:] + r"\par"
    facts = ["match us-ssn high 1 part=footnote", "match credit-card-number high 1 part=body", f'reads notes "SSN: {SSN}"']
    case("rtf/honest/footnote-inside-a-value.rtf", rtf(note), *facts)
    comment = r"\pard{\*\atrfstart 1}Text{\*\atrfend 1}{\*\atnid AB}{\*\atnauthor Anna Berg}\chatn{\*\annotation{\*\atnref 1}{\*\atndate 1}\pard Her SSN is " + SSN + r"\par}\par"
    case("rtf/honest/comment.rtf", rtf(comment), "match us-ssn high 1 part=comment", f'reads comments "Her SSN is {SSN}"', 'reads metadata "Anna Berg"')
    changes = r"\pard Pay: {\deleted\revauthdel1 Old SSN: " + SSN + r" }{\revised Card number: " + VISA + r"}\par"
    case("rtf/honest/tracked-changes.rtf", rtf(changes), "match us-ssn high 1 part=tracked_change", "match credit-card-number high 1 part=body", f'reads changes "{SSN}"')
    case("rtf/honest/hidden-text.rtf", rtf(r"Seen. {\v SSN: " + SSN + r"}\v0 More.\par"), "match us-ssn high 1 part=hidden", f'reads hidden "{SSN}"')
    box = r"\pard Text{\shp{\*\shpinst\shpleft0{\sp{\sn shapeType}{\sv 202}}{\sp{\sn wzDescription}{\sv Scan of card number " + VISA + r"}}{\shptxt\pard SSN: " + SSN + r"\par}}{\shprslt{\*\do{\dptxbx{\dptxbxtext\pard SSN: " + SSN + r"\par}}}}} and more\par"
    facts = ["match us-ssn high 1 part=body", "match credit-card-number high 1 part=metadata", f'reads drawings "SSN: {SSN}"', 'text "Text and more"']
    case("rtf/honest/text-box-with-its-fallback.rtf", rtf(box), *facts)


def around() -> None:
    info = r"{\info{\title Contract of " + KEYWORD + r"}{\author Anna Berg}{\doccomm SSN: " + SSN + r"}{\creatim\yr2024\mo3}{\*\company Contoso}}"
    link = r"Write to " + field(f'HYPERLINK "mailto:{EMAIL}"', "her") + r"\par"
    facts = ["match us-ssn high 1 part=metadata", "match custom-keyword >=medium 1", "match email >=low 1 part=metadata", 'reads metadata "Contoso"', "status ok"]
    case("rtf/honest/properties-and-links.rtf", rtf(info, link), *facts)
    form = r"SSN: {\field{\*\fldinst FORMTEXT {\*\formfield{\fftype0\fftypetxt0{\*\ffname Number}{\*\ffdeftext none}{\*\ffhelptext Ask Anna}}}}{\fldrslt " + SSN + r"}}\par{\field{\*\fldinst FORMDROPDOWN {\*\formfield{\fftype2{\*\ffname List}{\*\ffl IBAN " + IBAN_GB + r"}}}}{\fldrslt}}"
    case("rtf/honest/form-fields.rtf", rtf(form), "match us-ssn high 1 part=body", "match iban high 1", 'reads forms "Ask Anna"')
    properties = "".join(r"{\propname " + k + r"}\proptype30{\staticval " + v + "}" for k, v in keys(A, "Confidential").items())
    label = rtf(r"{\*\userprops " + properties + r"}{\*\docvar {Owner}{Anna Berg}}Labelled.\par")
    case("rtf/honest/label-in-custom-properties.rtf", label, f"label {A} Confidential active", "labels 1", f'reads labels "{A}"', 'text "Owner Anna Berg"')
    noise = r"{\*\generator Riched20 10.0;}{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}}{\*\rsidtbl\rsid1}{\*\themedata 504b0304}{\*\latentstyles\lsdstimax1{\lsdlockedexcept heading 1;}}{\*\listtable{\list{\listname Bullets;}}}{\*\xmlnstbl{\xmlns1 urn}}"
    facts = ['not-text "Riched"', 'not-text "Normal"', 'not-text "Arial"', 'not-text "heading"', 'not-text "Bullets"', f'text "SSN: {SSN}"', "status ok"]
    case("rtf/honest/tables-of-a-document-are-no-text.rtf", rtf(noise, rf"SSN: {SSN}\par"), *facts)


def objects() -> None:
    picture = r"{\*\shppict{\pict\pngblip\picw1\pich1 " + PIXEL + r"}}{\nonshppict{\pict\wmetafile8 0100}}"
    case("rtf/honest/picture.rtf", rtf("See ", picture, r"\par"), "status ok")
    case("rtf/honest/only-a-picture.rtf", rtf(picture, r"\par"), KIND, "misses pictures image_only picture1.png", "status unscannable")
    inside = docx(p(f"SSN: {SSN}"))
    digits_ = ole1("Package", "", packaged("note.docx", inside))
    broken = "\n".join(digits_[i : i + 128] for i in range(0, len(digits_), 128))
    package = r"{\object\objemb{\*\objclass Package}{\*\objdata " + broken + r"}{\result{Double click}}}"
    case("rtf/honest/package.rtf", rtf(package), "match us-ssn high 1 container=note.docx", f'reads embedded "{SSN}"', 'text "Double click"', 'not-text "Package"')
    disguised = digits_[:40] + r"{\*\x 41}" + digits_[40:200] + "\\'41\t" + digits_[200:1000] + r"\bin4 " 
    raw = disguised.encode() + bytes.fromhex(digits_[1000:1008]) + digits_[1008:].encode()
    case("rtf/hostile/object-in-disguise.rtf", rtf(r"{\object{\*\objdata ", head=HEAD)[:-2] + raw + b"}}}", "match us-ssn high 1 container=note.docx")
    link = r"{\object\objlink{\*\objdata " + ole1("Excel.Sheet.8", rf"\\server\share\{KEYWORD}.xls", b"", True) + r"}{\result shown}}"
    case("rtf/honest/linked-object.rtf", rtf(link), "match custom-keyword >=medium 1 part=metadata", "status ok")
    item = f"<staff><person>SSN: {SSN}</person></staff>".encode()
    empty = b'<b:Sources SelectedStyle="\\APA.XSL" StyleName="APA" xmlns:b="urn:b"/>'
    store = compound({"MsoDataStore/One/Item": item, "MsoDataStore/Two/Item": empty, "MsoDataStore/Two/Properties": b"<ds:datastoreItem/>"})
    case("rtf/honest/custom-xml.rtf", rtf(r"{\*\datastore " + store.hex() + r"}Text\par"), "match us-ssn high 1 container=Item", 'not-text "APA"', "status ok")


def odd() -> None:
    html = r"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag19 <html>}{\*\htmltag50 <body>}{\*\htmltag64 <p title=\"SSN: " + SSN + r'\">}\htmlrtf {\htmlrtf0 Card number: ' + VISA[:4] + r"{\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 " + VISA[4:] + r"\htmlrtf }\htmlrtf0{\*\htmltag92 </b>}{\*\htmltag84  &eacute;}\htmlrtf \'e9\htmlrtf0\htmlrtf\par}\htmlrtf0{\*\mhtmltag64 <p>}{\*\htmltag72 </p>}\par {\*\htmltag58 </body>}{\*\htmltag27 </html>}}"
    html = html.replace(r"\"", '"')
    case("rtf/odd/html-of-a-mail.rtf", html.encode("latin-1"), "match credit-card-number high 1", "match us-ssn high 1", 'not-text "<b>"', f'text "{VISA} é"', 'not-text "éé"', "status ok")
    plain = r"{\rtf1\ansi\fromtext{\fonttbl{\f0\fmodern Courier;}}\f0 SSN: " + SSN + r"\par}"
    case("rtf/odd/plain-text-of-a-mail.rtf", plain.encode(), "match us-ssn high 1 part=body")
    case("rtf/odd/short-signature.rtf", (r"{\rt SSN: " + SSN + "}").encode(), KIND, "match us-ssn high 1", "status ok")
    mac = r"{\rtf1\mac{\fonttbl\f0\fswiss Helvetica;}\f0 Stra\'a7e: SSN " + SSN + "}"
    case("rtf/odd/macintosh.rtf", mac.encode(), 'text "Straße"', "match us-ssn high 1")
    case("rtf/odd/binary-data.rtf", rtf(r"{\pict\pngblip\bin67 ").rstrip(b"}\n") + bytes.fromhex(PIXEL) + rf"}}SSN: {SSN}\par}}".encode(), KIND, "match us-ssn high 1", "status ok")
    case("rtf/odd/no-line-ends-and-zeros.rtf", b"{\\rtf1\0\\ansi\0 SSN:\0 " + SSN.encode() + b"}\0\0\0", "match us-ssn high 1", "status ok")
    case("rtf/odd/two-documents.rtf", rtf("One") + rtf(f"SSN: {SSN}"), "match us-ssn high 1 part=body")


def hostile() -> None:
    case("rtf/hostile/text-behind-the-end.rtf", rtf("Nothing") + f"\nSSN: {SSN}\n".encode(), "match us-ssn high 1 part=hidden")
    case("rtf/hostile/brace-too-many.rtf", rtf(r"Nothing}\par", rf"SSN: {SSN}\par"), "match us-ssn high 1 part=hidden", 'not-text "par"')
    case("rtf/hostile/package-behind-the-end.rtf", rtf("Nothing") + docx(p(f"SSN: {SSN}")), "match us-ssn high 1")
    case("rtf/hostile/destination-of-nobody.rtf", rtf(r"Seen{\*\contosostash SSN: " + SSN + r"}\par"), "match us-ssn high 1 part=hidden")
    case("rtf/hostile/cut.rtf", rtf(rf"SSN: {SSN}\par", r"{\b {\i more")[:-2], "match us-ssn high 1", "gap corrupt", "status partial")
    case("rtf/hostile/binary-data-that-lies.rtf", rtf(r"{\pict\bin99999999 }", rf"SSN: {SSN}\par"), "match us-ssn high 1", "gap corrupt")
    case("rtf/hostile/deep-groups.rtf", (r"{\rtf1 " + "{" * 20000 + f"SSN: {SSN}" + "}" * 20000 + "}").encode(), "match us-ssn high 1", "gap depth_exceeded")
    case("rtf/hostile/skip-everything.rtf", (r"{\rtf1\uc99999999 \u233 hidden by a count}{\rtf1 SSN: " + SSN + "}").encode(), "match us-ssn high 1")
