"""PDF: text in every coding, forms, notes, attachments, metadata, encryption; written object by object."""

from __future__ import annotations

import hashlib
import re
import struct

from .aes import Aes
from .case import case
from .docx import docx, p
from .packing import deflate, zip_of
from .scan import scan
from .values import *

KIND = "kind application/pdf"
HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
ID = bytes(range(16))
FOREIGN = "pässwörd 密码".encode()


def adler(data: bytes) -> bytes:
    """A zlib stream, as /FlateDecode wants it."""
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b"\x78\x01" + deflate(data) + struct.pack(">I", b << 16 | a)


def rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(out)


def in_bits(samples: bytes, wide: int) -> bytes:
    """Gray samples as one bit each, rows filled up to whole bytes."""
    rows = (samples[i : i + wide] for i in range(0, len(samples), wide))
    return b"".join(int("".join("1" if s > 127 else "0" for s in row).ljust(-(-wide // 8) * 8, "1"), 2).to_bytes(-(-wide // 8), "big") for row in rows)


def filters(method: str, size: int) -> str:
    """Crypt filters: everything by one method."""
    return f"/CF << /StdCF << /CFM /{method} /Length {size} /AuthEvent /DocOpen >> >> /StmF /StdCF /StrF /StdCF"


def hardened(password: bytes, salt: bytes, more: bytes, revision: int) -> bytes:
    """The hash of revisions 5 and 6 (ISO 32000-2, 7.6.4.3.4, algorithm 2.B)."""
    key = hashlib.sha256(password + salt + more).digest()
    turn = 0
    while revision == 6:
        mixed = Aes(key[:16]).cbc(key[16:32], (password + key + more) * 64)
        name = ("sha256", "sha384", "sha512")[sum(mixed[:16]) % 3]
        key, turn = hashlib.new(name, mixed).digest(), turn + 1
        if turn >= 64 and mixed[-1] <= turn - 32:
            break
    return key[:32]


def string(text: str | bytes) -> str:
    """A literal string; what is not Latin-1 becomes UTF-16 with its mark."""
    if isinstance(text, str):
        text = text.encode("latin-1") if all(ord(c) < 256 for c in text) else b"\xfe\xff" + text.encode("utf-16-be")
    return "(" + "".join(f"\\{b:03o}" if b < 32 or b > 126 else "\\" + chr(b) if chr(b) in "()\\" else chr(b) for b in text) + ")"


def lines(*text: str, size: int = 12) -> str:
    """A content stream that shows lines below each other."""
    shown = "\n".join(f"{string(t)} Tj 0 -16 Td" for t in text)
    return f"BT /F1 {size} Tf 72 720 Td\n{shown}\nET"


def placed(texts: list[tuple[float, str]], y: int = 720) -> str:
    """A content stream of texts on one line, each placed by itself."""
    return "\n".join(f"BT /F1 12 Tf {x:.2f} {y} Td {string(text)} Tj ET" for x, text in texts)


def width(text: str) -> float:
    """Width of digits and hyphens in Helvetica of 12 points."""
    return sum(0.333 if c == "-" else 0.556 for c in text) * 12


class Pdf:
    """Objects by number; 1 = catalog, 2 = page tree, 3 = the font of all pages."""

    def __init__(self) -> None:
        self.objects: dict[int, tuple[str, bytes | None]] = {3: (HELVETICA, None)}
        self.pages: list[int] = []
        self.catalog, self.trailer = "", ""
        self.key: bytes | None = None
        self.revision = 2

    def add(self, dictionary: str, stream: bytes | None = None) -> int:
        number = max(max(self.objects), 3) + 1
        self.objects[number] = (dictionary, stream)
        return number

    def stream(self, data: bytes | str, dictionary: str = "", flate: bool = True) -> int:
        data = data.encode("latin-1") if isinstance(data, str) else data
        packed = adler(data) if flate else data
        return self.add(f"<< {dictionary} /Length {len(packed)}{' /Filter /FlateDecode' if flate else ''} >>", packed)

    def page(self, content: str | bytes, more: str = "", fonts: str = "/F1 3 0 R", flate: bool = True, extra: str = "") -> int:
        body = self.stream(content, flate=flate)
        number = self.add(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << {fonts} >> {extra} >> /Contents {body} 0 R {more} >>")
        self.pages.append(number)
        return number

    def info(self, **fields: str) -> None:
        items = " ".join(f"/{k} {string(v)}" for k, v in fields.items())
        self.trailer += f" /Info {self.add(f'<< {items} >>')} 0 R"

    def encrypt(self, user: bytes, revision: int = 2, owner: bytes = b"owner") -> None:
        """A revision of the standard handler (ISO 32000-2, 7.6.4): 2 and 3 = RC4, 4 = AES-128, 5 and 6 = AES-256. For
        streams; strings stay out of it."""
        permissions = struct.pack("<i", -4)
        if revision >= 5:
            fields = self._encrypt_256(user, owner, revision, permissions)
        else:
            fields = self._encrypt_128(user, owner, revision, permissions)
        number = self.add(f"<< /Filter /Standard {fields} /P -4 >>")
        self.trailer += f" /Encrypt {number} 0 R /ID [<{ID.hex()}> <{ID.hex()}>]"

    def _encrypt_128(self, user: bytes, owner: bytes, revision: int, permissions: bytes) -> str:
        size, rounds = (5, 0) if revision == 2 else (16, 50)

        def spun(data: bytes) -> bytes:
            data = hashlib.md5(data).digest()
            for _ in range(rounds):
                data = hashlib.md5(data).digest()
            return data[:size]

        def chained(key: bytes, data: bytes) -> bytes:
            for i in range(20 if rounds else 1):
                data = rc4(bytes(b ^ i for b in key), data)
            return data

        entry = chained(spun((owner + PAD)[:32]), (user + PAD)[:32])
        self.key, self.revision = spun((user + PAD)[:32] + entry + permissions + ID), revision
        check = chained(self.key, hashlib.md5(PAD + ID).digest()) + bytes(16) if rounds else rc4(self.key, PAD)
        version = {2: "/V 1 /R 2", 3: "/V 2 /R 3 /Length 128", 4: f"/V 4 /R 4 /Length 128 {filters('AESV2', 16)}"}[revision]
        return f"{version} /O <{entry.hex()}> /U <{check.hex()}>"

    def _encrypt_256(self, user: bytes, owner: bytes, revision: int, permissions: bytes) -> str:
        def entry(password: bytes, name: str, more: bytes) -> tuple[bytes, bytes]:
            check, own = (hashlib.sha256(f"{name} {what}".encode()).digest()[:8] for what in ("check", "key"))
            wrapped = Aes(hardened(password, own, more, revision)).cbc(bytes(16), self.key)
            return hardened(password, check, more, revision) + check + own, wrapped

        self.key, self.revision = hashlib.sha256(b"file key").digest(), revision
        u, ue = entry(user, "user", b"")
        o, oe = entry(owner, "owner", u)
        allowed = Aes(self.key).ecb(permissions + b"\xff\xff\xff\xffTadb" + bytes(4))
        return f"/V 5 /R {revision} /Length 256 {filters('AESV3', 32)} /U <{u.hex()}> /UE <{ue.hex()}> /O <{o.hex()}> /OE <{oe.hex()}> /Perms <{allowed.hex()}>"

    def _sealed(self, number: int, data: bytes) -> bytes:
        if self.key is None:
            return data
        own = self.key + struct.pack("<I", number)[:3] + b"\0\0"
        if self.revision < 4:
            return rc4(hashlib.md5(own).digest()[: min(len(own), 16)], data)
        key = self.key if self.revision > 4 else hashlib.md5(own + b"sAlT").digest()
        fill = 16 - len(data) % 16
        return bytes(range(16)) + Aes(key).cbc(bytes(range(16)), data + bytes([fill]) * fill)

    def _finish(self) -> None:
        kids = " ".join(f"{n} 0 R" for n in self.pages)
        self.objects[1] = (f"<< /Type /Catalog /Pages 2 0 R {self.catalog} >>", None)
        self.objects[2] = (f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} >>", None)

    def bytes(self, packed: bool = False) -> bytes:
        """The file: with a table of offsets, or (`packed`) with object streams and a cross-reference stream."""
        self._finish()
        out, at = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
        inside = [n for n, (_, s) in sorted(self.objects.items()) if packed and s is None]
        for number, (dictionary, data) in sorted(self.objects.items()):
            if number not in inside:
                at[number] = len(out)
                out += self._object(number, dictionary, data)
        if not packed:
            return bytes(out) + self._table(len(out), at)
        holder, last = max(self.objects) + 1, max(self.objects) + 2
        heads, bodies = "", ""
        for number in inside:
            heads += f"{number} {len(bodies)} "
            bodies += self.objects[number][0] + "\n"
        content = adler((heads + bodies).encode("latin-1"))
        at[holder] = len(out)
        out += self._object(holder, f"<< /Type /ObjStm /N {len(inside)} /First {len(heads)} /Length {len(content)} /Filter /FlateDecode >>", content)
        at[last] = len(out)
        rows = b"\0\0\0\0\0\xff"
        for number in range(1, last + 1):
            if number in inside:
                rows += struct.pack(">BIB", 2, holder, inside.index(number))
            else:
                rows += struct.pack(">BIB", 1, at[number], 0)
        table = adler(rows)
        out += self._object(last, f"<< /Type /XRef /Size {last + 1} /W [1 4 1] /Root 1 0 R {self.trailer} /Length {len(table)} /Filter /FlateDecode >>", table)
        return bytes(out) + f"startxref\n{at[last]}\n%%EOF\n".encode()

    def _object(self, number: int, dictionary: str, data: bytes | None) -> bytes:
        body = dictionary.encode("latin-1")
        if data is not None:
            body += b"\nstream\n" + self._sealed(number, data) + b"\nendstream"
        return f"{number} 0 obj\n".encode() + body + b"\nendobj\n"

    def _table(self, start: int, at: dict[int, int]) -> bytes:
        size = max(at) + 1
        rows = "".join(f"{at[n]:010} 00000 n \n" if n in at else "0000000000 65535 f \n" for n in range(1, size))
        return f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer\n<< /Size {size} /Root 1 0 R{self.trailer} >>\nstartxref\n{start}\n%%EOF\n".encode("latin-1")


def one_page(content: str | bytes, **more) -> bytes:
    pdf = Pdf()
    pdf.page(content, **more)
    return pdf.bytes()


def xmp(properties: str) -> bytes:
    """An XMP packet around properties."""
    head = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/"'
    return f'{head}<rdf:Description rdf:about="" {spaces}>{properties}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'.encode()


def rows(*pairs: tuple[str, ...], step: int = 250, y: int = 720, size: int = 12) -> str:
    """Lines across columns, drawn line by line; an empty text draws nothing."""
    shown = ""
    for number, texts in enumerate(pairs):
        for column, text in enumerate(texts):
            if text:
                shown += f"BT /F1 {size} Tf {72 + step * column} {y - 14 * number} Td {string(text)} Tj ET\n"
    return shown


def layout() -> None:
    head = "BT /F1 14 Tf 72 760 Td (Two columns, drawn line by line across both) Tj ET\n"
    left = ["The customer called us about the", "invoice and paid it with his credit", f"card number {groups(VISA)[:9]}", f"{groups(VISA)[10:]} and asked for a", "receipt, which we sent to him on", "the same day by mail."]
    right = ["On the next morning he wrote that", "the receipt had not arrived and we", "sent another one to the address that", "he gave us on the telephone, which", "was not the one that stands in our", "books, and he thanked us for it."]
    page = head + rows(*zip(left, right))
    case("pdf/honest/two-columns-line-by-line.pdf", one_page(page), "match credit-card-number >=medium 1 page=1")
    iban = groups(IBAN_DE)
    one = ["Payments go to the", "bank of our branch in", f"town, IBAN {iban[:9]}", f"{iban[10:]} and", "are due on the first."]
    two = ["They are made by the", "treasurer and by two of", "the members, who have", "to sign them before the", "end of the month."]
    three = ["Letters about it go to", "the office, where they", "are kept for ten years", "and then are taken to", "the archive in town."]
    case("pdf/honest/three-columns-line-by-line.pdf", one_page(rows(*zip(one, two, three), step=160)), "match iban high 1 page=1")
    data = [("Name of the customer", "Social Security number of the customer"), ("Anna Adler from Berlin", f"{SSN} as told in the letter"), ("Bo Berg from Stockholm", f"{SSN_2} as told in the letter"), ("Cy Cole from New York", f"{SSN_3} as told in the letter")]
    case("pdf/odd/table-that-looks-like-columns.pdf", one_page(rows(*data)), "match us-ssn >=medium 3 page=1", f'text "Anna Adler from Berlin\t{SSN}"')
    card = f"Card number: {groups(VISA)}"
    twice = "".join(f"BT /F1 12 Tf {72 + shift} {720 - shift} Td {string(card)} Tj ET\n" for shift in (0.6, 0))
    case("pdf/odd/shadow-under-the-text.pdf", one_page(twice), "match credit-card-number high 1 page=1")
    layers = "".join(f"BT /F1 12 Tf {72 + shift} 720 Td {string(card)} Tj 0 -16 Td (and a second line) Tj ET\n" for shift in (0, 0.4))
    case("pdf/odd/page-drawn-twice.pdf", one_page(layers), "match credit-card-number high 1 page=1")
    wide = placed([(72, "Card number:"), *((190 + 24 * i, c) for i, c in enumerate(VISA))])
    case("pdf/odd/wide-boxes-beside-their-label.pdf", one_page(wide), "match credit-card-number high 1 page=1", f'text "{VISA}"')
    grouped = placed([(72, "Card number:"), *((160 + 20 * i + 14 * (i // 4), c) for i, c in enumerate(VISA))])
    case("pdf/odd/boxes-in-groups.pdf", one_page(grouped), "match credit-card-number high 1 page=1", f'text "{VISA}"')


def build() -> None:
    text()
    layout()
    fonts()
    around()
    states()


def text() -> None:
    pdf = Pdf()
    pdf.page(lines("Customer letter", "Nothing on this page."))
    pdf.page(lines("Payment", f"Card number: {groups(VISA)}, Visa, expires 09/28", f"IBAN {groups(IBAN_DE)}"))
    facts = ["status ok", KIND, "match credit-card-number high 1 page=2", "match iban high 1 page=2", 'text "Nothing on this page."']
    case("pdf/honest/two-pages.pdf", pdf.bytes(), *facts, 'reads body "Nothing on this page."')
    case("pdf/honest/uncompressed.pdf", one_page(lines(f"SSN: {SSN}"), flate=False), "status ok", "match us-ssn high 1 page=1")
    pdf = Pdf()
    pdf.page(lines(f"SSN: {SSN}"))
    pdf.info(Title=f"{KEYWORD} plan")
    facts = ["match us-ssn high 1 page=1", "match custom-keyword >=medium 1 part=metadata"]
    case("pdf/honest/object-streams.pdf", pdf.bytes(packed=True), *facts)
    array = f"[({VISA[:2]}) -20 ({VISA[2:7]}) 15 ({VISA[7:]})] TJ"
    facts = ["match credit-card-number high 1 page=1", f'text "{VISA}"']
    case("pdf/honest/value-over-a-kerned-array.pdf", one_page(f"BT /F1 12 Tf 72 720 Td (Card number: ) Tj {array} ET"), *facts)
    spaced = f"BT /F1 12 Tf 72 720 Td [(Card) -250 (number:) -250 ({VISA[:4]}) -250 ({VISA[4:8]}) -250 ({VISA[8:12]}) -250 ({VISA[12:]})] TJ ET"
    case("pdf/honest/spaces-only-as-gaps.pdf", one_page(spaced), "match credit-card-number high 1 page=1")
    two = placed([(72, "Social Security number:"), (232, SSN[:6]), (232 + width(SSN[:6]), SSN[6:])])
    case("pdf/honest/value-over-two-text-objects.pdf", one_page(two), "match us-ssn high 1 page=1")
    letters = [(110 + width(SSN[:i]), c) for i, c in enumerate(SSN)]
    case("pdf/odd/every-letter-placed-alone.pdf", one_page(placed([(72, "SSN:"), *letters])), "match us-ssn high 1 page=1")
    wrapped = lines("The credit card number of the customer is", f"{VISA[:4]} {VISA[4:8]} {VISA[8:12]}", f"{VISA[12:]} and will expire on 09/28.")
    case("pdf/honest/value-over-two-lines.pdf", one_page(wrapped), "match credit-card-number >=medium 1 page=1")
    columns = lines("Part 1") + "\n" + placed([(72 + 120 * i, VISA[4 * i : 4 * i + 4]) for i in range(4)])
    case("pdf/honest/neighbouring-columns-are-not-glued.pdf", one_page(columns), "no-match *")
    rows = [["Name", "SSN", "Card number"], ["Anna", SSN, VISA], ["Bo", SSN_2, MASTERCARD]]
    table = "\n".join(placed([(72 + 150 * c, v) for c, v in enumerate(row)], 700 - 18 * r) for r, row in enumerate(rows))
    case("pdf/honest/table.pdf", one_page(table), "match us-ssn >=medium 2 page=1", "match credit-card-number >=medium 2 page=1")
    case("pdf/honest/look-alikes.pdf", one_page(lines("Order 4539138198381882, invoice INV-2024-000123", "IMEI 490154203237518, ISBN 978-3-16-148410-0", "Article 536-22-84 of 12-345-6789")), "status ok", "no-match *")
    case("pdf/odd/invisible-text.pdf", one_page(f"BT 3 Tr /F1 12 Tf 72 720 Td (SSN: {SSN}) Tj ET"), "match us-ssn high 1")
    turned = f"BT /F1 12 Tf 0 1 -1 0 300 100 Tm (Social Security number: {SSN}) Tj ET"
    case("pdf/odd/turned-by-90-degrees.pdf", one_page(turned), "match us-ssn high 1 page=1")
    quotes = f"BT /F1 12 Tf 14 TL 72 720 Td (Card number:) Tj ({VISA[:8]}\\\n{VISA[8:]}) ' 0 0 (\\123\\123\\116: {SSN}) \" ET"
    case("pdf/odd/quote-operators-octal-and-continued-lines.pdf", one_page(quotes), "match credit-card-number high 1", "match us-ssn high 1")
    pdf = Pdf()
    form = pdf.stream(f"BT /F1 12 Tf 0 0 Td (SSN: {SSN}) Tj ET", "/Type /XObject /Subtype /Form /BBox [0 0 500 50] /Resources << /Font << /F1 3 0 R >> >>")
    pdf.page("q 1 0 0 1 72 700 cm /X1 Do Q", extra=f"/XObject << /X1 {form} 0 R >>")
    case("pdf/honest/text-in-a-form-object.pdf", pdf.bytes(), "match us-ssn high 1 page=1")
    pdf = Pdf()
    page = pdf.page(f"BT /F1 12 Tf 72 720 Td (Card number: {VISA[:8]}) Tj")
    last = pdf.stream(f"({VISA[8:]}) Tj ET")
    dictionary = pdf.objects[page][0].replace(f"/Contents {page - 1} 0 R", f"/Contents [{pdf.stream('q Q')} 0 R {page - 1} 0 R {last} 0 R]")
    pdf.objects[page] = (dictionary, None)
    case("pdf/honest/content-in-three-streams.pdf", pdf.bytes(), "match credit-card-number high 1 page=1")


def fonts() -> None:
    def composite(text: str, cmap: bool) -> bytes:
        """Type 0 font with two-byte glyph numbers that mean nothing without /ToUnicode."""
        letters = sorted(set(text))
        glyphs = {c: i + 36 for i, c in enumerate(letters)}
        pdf = Pdf()
        head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        rows = "".join(f"<{glyphs[c]:04X}> <{c.encode('utf-16-be').hex()}>\n" for c in letters)
        to_unicode = pdf.stream(f"{head}{len(letters)} beginbfchar\n{rows}endbfchar endcmap end end")
        descriptor = pdf.add("<< /Type /FontDescriptor /FontName /AAAAAA+Some /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>")
        child = pdf.add(f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Some /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 500 /FontDescriptor {descriptor} 0 R >>")
        link = f"/ToUnicode {to_unicode} 0 R" if cmap else ""
        font = pdf.add(f"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Some /Encoding /Identity-H /DescendantFonts [{child} 0 R] {link} >>")
        shown = "".join(f"{glyphs[c]:04X}" for c in text)
        pdf.page(f"BT /F2 12 Tf 72 720 Td <{shown}> Tj ET", fonts=f"/F2 {font} 0 R")
        return pdf.bytes()

    sentence = f"Müller, 信用卡 Card number: {VISA}"
    case("pdf/honest/composite-font.pdf", composite(sentence, True), "status ok", "match credit-card-number high 1 page=1", 'text "Müller, 信用卡"')
    case("pdf/odd/composite-font-without-unicode-map.pdf", composite(sentence, False), "gap no_text", "no-match *")
    names = {"a": "one", "b": "two", "c": "three", "d": "hyphen", "e": "five", "f": "six", "g": "eight", "h": "seven", "i": "four"}
    meant = {"one": "1", "two": "2", "three": "3", "hyphen": "-", "five": "5", "six": "6", "eight": "8", "seven": "7", "four": "4"}
    coded = {meant[v]: k for k, v in names.items()}
    pdf = Pdf()
    differences = " ".join(f"/{n}" for n in names.values())
    font = pdf.add(f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding /Differences [97 {differences}] >> >>")
    value = "".join(coded[c] for c in SSN)
    pdf.page(f"BT /F1 12 Tf 72 720 Td (SSN: ) Tj /F2 12 Tf ({value}) Tj ET", fonts=f"/F1 3 0 R /F2 {font} 0 R")
    case("pdf/odd/digits-by-an-encoding-of-its-own.pdf", pdf.bytes(), "match us-ssn high 1 page=1")


def around() -> None:
    pdf = Pdf()
    field = pdf.add(f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (ssn) /TU (Social Security number) /V {string(SSN)} /Rect [72 700 300 720] >>")
    choice = pdf.add(f"<< /Type /Annot /Subtype /Widget /FT /Ch /T (card) /TU (Card number) /V {string(groups(VISA))} /Opt [{string(groups(VISA))}] /Rect [72 660 300 680] >>")
    pdf.page(lines("Form"), f"/Annots [{field} 0 R {choice} 0 R]")
    pdf.catalog = f"/AcroForm << /Fields [{field} 0 R {choice} 0 R] /DA (/F1 12 Tf) >>"
    case("pdf/honest/form-fields.pdf", pdf.bytes(), "match us-ssn >=medium 1", "match credit-card-number >=medium >=1", "unique credit-card-number 1", f'reads forms "{SSN}"')

    pdf = Pdf()
    note = pdf.add(f"<< /Type /Annot /Subtype /Text /Rect [10 10 30 30] /T (Anna) /Contents {string(f'Her SSN: {SSN}')} >>")
    free = pdf.add(f"<< /Type /Annot /Subtype /FreeText /Rect [10 50 300 80] /DA (/F1 12 Tf) /Contents {string(f'Kartennummer für Zoë: card number {VISA} €')} >>")
    link = pdf.add(f"<< /Type /Annot /Subtype /Link /Rect [10 90 30 99] /A << /S /URI /URI {string(f'mailto:{EMAIL}')} >> >>")
    pdf.page(lines("Page"), f"/Annots [{note} 0 R {free} 0 R {link} 0 R]")
    facts = ["match us-ssn high 1 part=comment page=1", "match credit-card-number high 1", "match email >=low 1", 'text "für Zoë"']
    case("pdf/honest/annotations-and-links.pdf", pdf.bytes(), *facts, f'reads comments "Her SSN: {SSN}"')

    pdf = Pdf()
    pdf.page(lines("Page"))
    outline = max(pdf.objects) + 1
    pdf.add(f"<< /Type /Outlines /First {outline + 1} 0 R /Last {outline + 1} 0 R /Count 1 >>")
    pdf.add(f"<< /Title {string(f'SSN: {SSN}')} /Parent {outline} 0 R /Dest [{pdf.pages[0]} 0 R /Fit] >>")
    pdf.catalog = f"/Outlines {outline} 0 R"
    case("pdf/honest/bookmarks.pdf", pdf.bytes(), "match us-ssn high 1 part=metadata")

    pdf = Pdf()
    pdf.page(lines("Page"))
    pdf.info(Title=f"{KEYWORD} – costs", Author=EMAIL, Keywords=f"SSN: {SSN}", Company="Example")
    meta = pdf.stream(xmp(f"<dc:description>IBAN {IBAN_DE}</dc:description>"), "/Type /Metadata /Subtype /XML", flate=False)
    pdf.catalog = f"/Metadata {meta} 0 R"
    facts = ["match us-ssn high 1 part=metadata", "match custom-keyword >=medium 1 part=metadata", "match email >=low 1 part=metadata", "match iban high 1 part=metadata"]
    case("pdf/honest/information-and-xmp.pdf", pdf.bytes(), *facts, f'reads metadata "IBAN {IBAN_DE}"')

    inner = docx(p(f"Card number: {VISA}"))
    case("pdf/honest/document-attached.pdf", attached("payment.docx", inner), "match credit-card-number high 1 container=payment.docx", 'reads names "payment.docx"', f'reads embedded "Card number: {VISA}"')
    note = attached("note.txt", f"SSN: {SSN}\n".encode(), by_annotation=True)
    case("pdf/honest/text-attached-to-an-annotation.pdf", note, "match us-ssn high 1 container=note.txt")

    pdf = Pdf()
    script = pdf.add(f"<< /S /JavaScript /JS {string(f'app.alert(1); // SSN: {SSN}')} >>")
    pdf.page(lines("Page"))
    pdf.catalog = f"/OpenAction {script} 0 R"
    case("pdf/odd/script-that-runs-when-opened.pdf", pdf.bytes(), "match us-ssn high 1", f'reads macros "SSN: {SSN}"')
    pdf = Pdf()
    data = pdf.stream(f'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form><ssn>SSN: {SSN}</ssn></form></xfa:data></xfa:datasets></xdp:xdp>')
    pdf.page(lines("Please wait"))
    pdf.catalog = f"/AcroForm << /Fields [] /XFA {data} 0 R >>"
    case("pdf/odd/form-in-xml.pdf", pdf.bytes(), "match us-ssn high 1", f'reads forms "SSN: {SSN}"')
    pdf = Pdf()
    body = pdf.stream(f"Card number: {VISA}".encode(), "/Type /EmbeddedFile")
    spec = pdf.add(f"<< /Type /Filespec /F (first.txt) /UF (first.txt) /Desc (Letter of {EMAIL}) /EF << /F {body} 0 R >> >>")
    pdf.page(lines("Open this portfolio in another program."))
    pdf.catalog = f"/Collection << /View /D >> /Names << /EmbeddedFiles << /Names [(first.txt) {spec} 0 R] >> >>"
    case("pdf/odd/portfolio.pdf", pdf.bytes(), "match credit-card-number high 1 container=first.txt", f'text "{EMAIL}"')

    pdf = Pdf()
    span = f"/Span << /ActualText {string('Social Security number: ' + SSN)} >> BDC (X) Tj EMC"
    pdf.page(f"BT /F1 12 Tf 72 720 Td {span} ET")
    case("pdf/odd/value-only-as-actual-text.pdf", pdf.bytes(), "match us-ssn high 1", f'reads hidden "{SSN}"')


def attached(name: str, content: bytes, by_annotation: bool = False) -> bytes:
    """A PDF with a file inside."""
    pdf = Pdf()
    body = pdf.stream(content, "/Type /EmbeddedFile")
    spec = pdf.add(f"<< /Type /Filespec /F {string(name)} /UF {string(name)} /EF << /F {body} 0 R >> >>")
    if by_annotation:
        note = pdf.add(f"<< /Type /Annot /Subtype /FileAttachment /Rect [10 10 30 30] /FS {spec} 0 R >>")
        pdf.page(lines("See the attachment."), f"/Annots [{note} 0 R]")
    else:
        pdf.page(lines("See the attachment."))
        pdf.catalog = f"/Names << /EmbeddedFiles << /Names [{string(name)} {spec} 0 R] >> >>"
    return pdf.bytes()


def states() -> None:
    def sealed(user: bytes, revision: int = 2, owner: bytes = b"owner") -> bytes:
        pdf = Pdf()
        pdf.page(lines(f"SSN: {SSN}"))
        pdf.encrypt(user, revision, owner)
        return pdf.bytes()

    found = ["status ok", "match us-ssn high 1 page=1"]
    case("pdf/honest/encrypted-with-an-empty-password.pdf", sealed(b""), *found, "protection encrypted")
    shut = ["status unscannable", "gap password_protected", "protection password_encrypted", "no-match *"]
    opened = [*found, "protection password_encrypted"]
    case("pdf/honest/encrypted-with-a-password.pdf", sealed(b"frisk"), *shut)
    case("pdf/honest/rc4-40-with-a-password.pdf", sealed(b"frisk-corpus"), *opened, f'reads passwords "SSN: {SSN}"')
    case("pdf/honest/rc4-128-with-a-password.pdf", sealed(b"frisk-corpus", 3), *opened)
    case("pdf/honest/aes-128-with-a-password.pdf", sealed(b"frisk-corpus", 4), *opened)
    case("pdf/odd/aes-256-of-revision-5.pdf", sealed(FOREIGN, 5), *opened)
    case("pdf/honest/aes-256-with-a-password.pdf", sealed(FOREIGN, 6), *opened)
    case("pdf/honest/aes-128-with-the-password-of-the-owner.pdf", sealed(b"nobody knows", 4, b"frisk-corpus"), *opened)
    case("pdf/honest/rc4-128-unknown-password.pdf", sealed(b"nobody knows", 3), *shut)
    case("pdf/honest/aes-128-unknown-password.pdf", sealed(b"nobody knows", 4), *shut)
    case("pdf/odd/aes-256-of-revision-5-unknown-password.pdf", sealed(b"nobody knows", 5), *shut)
    case("pdf/hostile/encrypted-and-cut-off.pdf", sealed(b"nobody knows", 4)[:-300], "gap password_protected", "protection password_encrypted", "no-match *")
    pdf = Pdf()
    picture = pdf.stream(bytes(range(256)) * 12, "/Type /XObject /Subtype /Image /Width 32 /Height 32 /ColorSpace /DeviceRGB /BitsPerComponent 8")
    pdf.page("q 595 0 0 842 0 0 cm /I1 Do Q", extra=f"/XObject << /I1 {picture} 0 R >>")
    case("pdf/honest/only-a-picture.pdf", pdf.bytes(), "gap image_only", "no-match *", 'misses pictures image_only')
    wide, high, samples = scan(f"SSN: {SSN}")
    facts = ["gap image_only \"page 1\"", "status unscannable", "no-match *"]
    for name, depth, data in [("scanned-page", 8, samples), ("scanned-page-in-black-and-white", 1, in_bits(samples, wide))]:
        pdf = Pdf()
        picture = pdf.stream(data, f"/Type /XObject /Subtype /Image /Width {wide} /Height {high} /ColorSpace /DeviceGray /BitsPerComponent {depth}")
        pdf.page("q 595 0 0 150 0 600 cm /I1 Do Q", extra=f"/XObject << /I1 {picture} 0 R >>")
        case(f"pdf/honest/{name}.pdf", pdf.bytes(), *facts)
    pdf = Pdf()
    pdf.page("q Q")
    case("pdf/odd/empty-page.pdf", pdf.bytes(), "no-match *")
    old = one_page(lines(f"SSN: {SSN}"))
    start = int(old.split(b"startxref\n")[1].split(b"\n")[0])
    body = adler(lines(f"Card number: {VISA}").encode())
    at = len(old)
    changed = f"4 0 obj\n<< /Length {len(body)} /Filter /FlateDecode >>\nstream\n".encode() + body + b"\nendstream\nendobj\n"
    end = at + len(changed)
    update = old + changed + f"xref\n4 1\n{at:010} 00000 n \ntrailer\n<< /Size 6 /Root 1 0 R /Prev {start} >>\nstartxref\n{end}\n%%EOF\n".encode()
    case("pdf/odd/changed-by-an-incremental-update.pdf", update, "match credit-card-number high 1 page=1", "match us-ssn high 1 part=hidden", f'reads changes "{SSN}"')
    letter = one_page(lines(f"SSN: {SSN}", f"Card number: {VISA}"))
    found = ["match us-ssn high 1", "match credit-card-number high 1"]
    case("pdf/odd/bytes-before-the-header.pdf", b"From a mail gateway\r\n" + letter, KIND, *found)
    case("pdf/odd/wrong-startxref.pdf", letter.replace(b"startxref\n", b"startxref\n9"), KIND, *found)
    case("pdf/odd/no-cross-reference-table.pdf", letter[: letter.rindex(b"xref\n0")], KIND, *found)
    pdf = Pdf()
    pdf.page(lines(f"SSN: {SSN}"))
    pdf.objects[4] = (pdf.objects[4][0].replace("/Length ", "/Length 9"), pdf.objects[4][1])
    sized = one_page(lines(f"SSN: {SSN}"), flate=False)
    negative = re.sub(rb"/Length (\d+)", lambda m: b"/Length -1".ljust(len(m[0])), sized, count=1)
    case("pdf/hostile/stream-length-below-zero.pdf", negative, "match us-ssn high 1 page=1")
    case("pdf/hostile/stream-without-end.pdf", sized.replace(b"endstream", b"         ", 1), "match us-ssn high 1 page=1")
    case("pdf/hostile/content-is-not-there.pdf", re.sub(rb"\n4 0 obj", b"\n9 9 obj", sized, count=1).replace(b"Tj", b"  "), "gap corrupt", "status unscannable")
    case("pdf/hostile/zip-behind-the-end.pdf", sized + zip_of({"note.txt": f"Card number: {VISA}"}), "match us-ssn high 1 page=1", "match credit-card-number high 1 container=note.txt")
    boxes = lines("Card number") + "\n" + placed([(72 + 18 * i, c) for i, c in enumerate(VISA)], 700)
    case("pdf/odd/one-digit-a-box.pdf", one_page(boxes), "match credit-card-number high 1 page=1")
    data = [[SSN, "m", "White", "Johnson"], [SSN_2, "f", "Borden", "Ashley"], [SSN_3, "f", "Green", "Marjorie"]]
    rows = "\n".join(placed([(72 + 120 * c, v) for c, v in enumerate(row)], 700 - 18 * r) for r, row in enumerate(data))
    case("pdf/odd/table-without-heads.pdf", one_page(lines("SSN and names") + "\n" + rows), "match us-ssn >=low 3 page=1")
    case("pdf/odd/stream-length-lies.pdf", pdf.bytes(), "match us-ssn high 1")
    pdf = Pdf()
    pdf.page(lines(f"SSN: {SSN}"))
    pdf.objects[max(pdf.objects)] = (pdf.objects[max(pdf.objects)][0].replace("/Parent 2 0 R", "/Parent 2 0 R /Kids [2 0 R]"), None)
    pdf.pages.append(2)
    case("pdf/hostile/page-tree-is-a-ring.pdf", pdf.bytes(), "match us-ssn high 1")
    pdf = Pdf()
    own = max(pdf.objects) + 1
    form = pdf.stream(f"BT /F1 12 Tf (SSN: {SSN}) Tj ET /X1 Do", f"/Type /XObject /Subtype /Form /BBox [0 0 500 50] /Resources << /Font << /F1 3 0 R >> /XObject << /X1 {own} 0 R >> >>")
    assert form == own
    pdf.page("/X1 Do", extra=f"/XObject << /X1 {form} 0 R >>")
    case("pdf/hostile/form-object-shows-itself.pdf", pdf.bytes(), "unique us-ssn 1")
