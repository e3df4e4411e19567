"""XML and HTML: values in text, attributes, entities, over tags, and what is no content."""

from .case import case
from .values import *


def build() -> None:
    xml()
    html()


def xml() -> None:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    record = f"""{head}<staff>
  <person name="Anna Adler" ssn="{SSN}"><cardNumber brand="Visa">{groups(VISA)}</cardNumber></person>
  <!-- old IBAN {IBAN_DE} -->
  <note><![CDATA[Mail <{EMAIL}> & confirm]]></note>
</staff>
"""
    facts = ["status ok", "kind application/xml", "match us-ssn high 1", "match credit-card-number high 1", "match iban high 1", "match email >=low 1"]
    vague = f"<r><field name='ssn'>{SSN}</field><add key='CardNumber' value='{VISA}'/><card number='{VISA_2}'/></r>"
    case("xml/odd/names-in-attributes.xml", vague, "match us-ssn high 1", "match credit-card-number high 2")
    reads = [f'reads body "{groups(VISA)}"', f'reads comments "{IBAN_DE}"', f'reads metadata "{SSN}"']
    case("xml/honest/elements-attributes-comments.xml", record, *facts, *reads)
    case("xml/honest/utf-16.xml", b"\xff\xfe" + record.replace("UTF-8", "UTF-16").encode("utf-16-le"), *facts)
    latin = record.replace("UTF-8", "ISO-8859-1").replace("Anna Adler", "Änne Müller")
    case("xml/honest/iso-8859-1-declared.xml", latin.encode("latin-1"), *facts, 'text "Änne Müller"')
    entities = f"{head}<p>Credit card number: {''.join(f'&#{ord(c)};' for c in VISA[:8])}{''.join(f'&#x{ord(c):x};' for c in VISA[8:])} &amp; co</p>"
    case("xml/odd/character-references.xml", entities, "match credit-card-number high 1", 'text "& co"')
    cells = head + "<row><c>4539</c><c>1381</c><c>9838</c><c>1881</c></row>"
    case("xml/odd/neighbouring-elements-are-not-glued.xml", cells, "no-match *")
    bomb = '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">' + "".join(f'<!ENTITY {b} "{("&" + a + ";") * 10}">' for a, b in zip("abcdefgh", "bcdefghi")) + "]>"
    case("xml/odd/value-of-entities.xml", f'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "{SSN[:4]}"><!ENTITY b "&a;{SSN[4:7]}">]><p>SSN: &b;{SSN[7:]}</p>', "status ok", "match us-ssn high 1")
    case("xml/hostile/entity-bomb.xml", f"{head}{bomb}<z>&i; SSN: {SSN}</z>", "match us-ssn high 1")
    outside = '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY y SYSTEM "http://example.invalid/y">]>'
    case("xml/hostile/external-entity.xml", f"{head}{outside}<z>&x;&y; SSN: {SSN}</z>", "match us-ssn high 1", 'not-text "localhost"')
    case("xml/hostile/never-closed.xml", head + "<a>" * 500 + f"SSN: {SSN}", "match us-ssn high 1")


def html() -> None:
    page = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Order of {EMAIL}</title>
<meta name="description" content="IBAN {IBAN_DE}"><style>p {{ margin: 4px }}</style></head>
<body><h1>Receipt</h1><p>Card number: {groups(VISA)}, Visa &ndash; &euro;12</p>
<table><tr><th>Name</th><th>SSN</th></tr><tr><td>Anna</td><td>{SSN}</td></tr></table>
<script>var answer = 42;</script></body></html>
"""
    facts = ["status ok", "kind text/html", "match credit-card-number high 1", "match us-ssn high 1", "match iban high 1", "match email >=low 1"]
    case("html/honest/page-with-a-table.html", page, *facts, f'reads body "{groups(VISA)}"', 'text "Visa – €12"', 'not-text "<td>"')
    tags = "".join(f"<b>{VISA[i : i + 4]}</b><span> </span>" for i in range(0, 16, 4))
    case("html/honest/value-over-inline-tags.html", f"<html><body><p>Credit card number: {tags}</p></body></html>", "match credit-card-number high 1")
    cells = "<tr>" + "".join(f"<td>{VISA[i : i + 4]}</td>" for i in range(0, 16, 4)) + "</tr>"
    case("html/honest/neighbouring-cells-are-not-glued.html", f"<html><body><table>{cells}</table></body></html>", "no-match *")
    attributes = f"""<html><body><img src="a.png" alt="SSN: {SSN}"><a href="mailto:{EMAIL}">write</a>
<input type="hidden" name="card_number" value="{VISA}"><div style="display:none">IBAN {IBAN_DE}</div><!-- SSN {SSN_2} --></body></html>"""
    facts = ["match us-ssn >=medium 2", "match email >=low 1", "match credit-card-number >=low 1", "match iban high 1"]
    facts += [f'reads comments "{SSN_2}"', f'reads hidden "{IBAN_DE}"', f'reads metadata "{SSN}"', f'reads forms "card_number: {VISA}"']
    case("html/odd/attributes-hidden-text-comments.html", attributes, *facts)
    case("html/odd/character-references.html", f"<html><body>Credit card: {''.join(f'&#{ord(c)};' for c in VISA)}&nbsp;M&uuml;nchen</body></html>", "match credit-card-number high 1", 'text "München"')
    japanese = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"></head><body>お客様番号のご案内 Credit card: {VISA}</body></html>'
    case("html/odd/charset-declared-in-meta.html", japanese.encode("shift_jis"), "match credit-card-number high 1", 'text "お客様番号のご案内"')
    case("html/odd/value-in-a-script.html", f'<html><body><script>var customer = {{"ssn": "{SSN}"}};</script></body></html>', "match us-ssn high 1", f'reads macros "{SSN}"')
    case("html/hostile/tags-never-closed.html", "<html><body>" + "<div><p><table><tr><td>" * 300 + f"SSN: {SSN}", "match us-ssn high 1")
