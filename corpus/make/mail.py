"""Mail: messages of Internet mail, web archives, mailboxes. Everything that MIME allows, and what it does not."""

import base64
import quopri

from .case import case
from .packing import zip_of
from .values import *

MAIL, MBOX = "kind message/rfc822", "kind application/mbox"
CARD = f"Card number: {groups(VISA)}, Visa\n"
PERSON = f"Social Security number: {SSN}\n"
LABEL = "1f2e3d4c-aaaa-4bbb-8ccc-0123456789ab"
FROM = "From: Anna Adler <anna.adler@example.com>\r\nTo: Bo Berg <bo.berg@example.org>\r\n"
DATE = "Date: Tue, 12 Mar 2030 10:20:30 +0100\r\nMessage-ID: <20300312.1@example.com>\r\nMIME-Version: 1.0\r\n"


def build() -> None:
    bodies()
    headers()
    attachments()
    damage()
    archives()
    mailboxes()


def message(content_type: str, body: str | bytes, subject: str = "Report", more: str = "") -> bytes:
    """A message with the header that every one has."""
    head = f"{FROM}Subject: {subject}\r\n{DATE}{more}Content-Type: {content_type}\r\n\r\n"
    return head.encode() + (body.encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if isinstance(body, str) else body)


def multipart(subtype: str, parts: list[bytes], boundary: str = "=_part", **more: str) -> bytes:
    """A message of parts; each has its header."""
    delimiter = f"--{boundary}".encode()
    body = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts) + delimiter + b"--\r\n"
    return message(f'multipart/{subtype}; boundary="{boundary}"', body, **more)


def part(content_type: str, content: bytes, *fields: str, encoding: str = "base64") -> bytes:
    """One part in a transfer encoding."""
    packed = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(content)
    head = "".join(f"{field}\r\n" for field in (f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}", *fields))
    return head.encode() + b"\r\n" + packed


def attached(name: str, content: bytes, content_type: str = "application/octet-stream") -> bytes:
    return part(content_type, content, f'Content-Disposition: attachment; filename="{name}"')


def bodies() -> None:
    case("eml/honest/plain-text.eml", message("text/plain; charset=utf-8", CARD), "status ok", MAIL, 'reads body "Card number"', "match credit-card-number high 1 part=body")
    soft = f"{FROM}Subject: x\r\n{DATE}Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSocial Security number: 536-2=\r\n2-8467=20\r\n"
    case("eml/honest/quoted-printable-breaks-a-number.eml", soft, "status ok", "match us-ssn high 1 part=body")
    latin = part("text/plain; charset=iso-8859-1", f"Größe. {PERSON}".encode("latin-1"))
    case("eml/honest/base64-latin-1.eml", multipart("mixed", [latin]), "status ok", 'text "Größe"', "match us-ssn high 1")
    plain = part("text/plain; charset=utf-8", f"Hello Bo,\n\n{CARD}\nBye\n".encode(), encoding="8bit")
    page = part("text/html; charset=utf-8", f"<p>Hello Bo,</p><p>{CARD}</p><p>Bye</p>".encode(), encoding="quoted-printable")
    case("eml/honest/alternatives-that-say-the-same.eml", multipart("alternative", [plain, page]), "status ok", "match credit-card-number high 1", "unique credit-card-number 1")
    other = part("text/html; charset=utf-8", f"<table><tr><th>SSN</th></tr><tr><td>{SSN}</td></tr></table>".encode())
    case("eml/honest/alternatives-that-differ.eml", multipart("alternative", [plain, other]), "match credit-card-number high 1", "match us-ssn high 1 cell=R2C1")
    flowed = f"Social Security \r\nnumber: {SSN} is \r\nhis.\r\n"
    case("eml/honest/format-flowed.eml", message("text/plain; format=flowed", flowed), "status ok", 'text "Social Security number: "', "match us-ssn high 1")
    jis = message("text/plain; charset=iso-2022-jp", f"カード番号 {groups(VISA)}\r\n".encode("iso-2022-jp"), subject="=?iso-2022-jp?B?GyRCJSshPCVJGyhC?=")
    case("eml/honest/japanese.eml", jis, "status ok", 'text "カード番号"', 'reads headers "Subject: カード"', "match credit-card-number >=low 1")
    wrong = message("text/plain; charset=us-ascii", f"Größe {CARD}".encode())
    case("eml/odd/wrong-charset.eml", wrong, "status ok", 'text "Größe"', "match credit-card-number high 1")
    seven = message("text/plain; charset=utf-7", b"Gr+APYA3w-e, Social Security number: 536+AC0-22-8467\r\n")
    case("eml/odd/utf-7.eml", seven, "status ok", 'text "Größe"', "match us-ssn high 1")
    calendar = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:Social Security number: {SSN[:6]}\r\n {SSN[6:]}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    case("eml/honest/calendar-with-folded-lines.eml", multipart("alternative", [plain, part("text/calendar; method=REQUEST", calendar.encode())]), "match us-ssn high 1")


def headers() -> None:
    subject = f"=?utf-8?Q?Gr=C3=B6=C3?=\r\n =?utf-8?Q?=9Fe:_SSN_{SSN[:5]}?= =?utf-8?B?{base64.b64encode(SSN[5:].encode()).decode()}?="
    case("eml/honest/subject-in-encoded-words.eml", message("text/plain", "nothing\n", subject=subject), "status ok", f'reads headers "Größe: SSN {SSN}"', "match us-ssn >=medium 1 part=mail_header")
    field = f"X-Customer-Note: Social Security number {SSN}\r\nReceived: from a.example.com by b.example.com; Tue, 12 Mar 2030 10:20:30 +0100\r\n"
    case("eml/odd/text-in-an-unknown-field.eml", message("text/plain", "nothing\n", more=field), "match us-ssn high 1 part=mail_header", 'text "b.example.com"')
    label = f"msip_labels: MSIP_Label_{LABEL}_Enabled=true;\r\n MSIP_Label_{LABEL}_SiteId=aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee;\r\n MSIP_Label_{LABEL}_Name=Confidential;\r\n MSIP_Label_{LABEL}_ContentBits=0\r\n"
    case("eml/honest/label-in-the-header.eml", message("text/plain", "nothing\n", more=label), "status ok", f"reads labels {LABEL}", f"label {LABEL} Confidential active", 'not-text "MSIP"')
    case("eml/odd/blank-lines-first.eml", b"\r\n\r\n" + message("text/plain", CARD), MAIL, "match credit-card-number high 1")
    case("eml/odd/byte-order-mark.eml", b"\xef\xbb\xbf" + message("text/plain", CARD), MAIL, "match credit-card-number high 1")
    case("eml/odd/utf-16.eml", b"\xff\xfe" + multipart("mixed", [part("text/plain", CARD.encode())]).decode().encode("utf-16-le"), MAIL, "match credit-card-number high 1")
    mac = multipart("mixed", [part("text/plain", CARD.encode())]).replace(b"\r\n", b"\n").replace(b"\n", b"\r")
    case("eml/odd/carriage-returns-alone.eml", mac, MAIL, "match credit-card-number high 1")
    no_blank = f"{FROM}Subject: x\r\n{DATE}X-Folded: a\r\nbroken fold\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + base64.encodebytes(CARD.encode())
    case("eml/odd/line-that-lost-its-fold.eml", no_blank, MAIL, "match credit-card-number high 1")
    inner = message("text/plain", CARD)
    plist = f'<?xml version="1.0"?><plist version="1.0"><dict><key>note</key><string>Social Security number: {SSN}</string></dict></plist>'
    case("eml/honest/apple-mail.emlx", f"{len(inner)}      \n".encode() + inner + plist.encode(), "match credit-card-number high 1", "match us-ssn high 1")


def attachments() -> None:
    csv = f"Name,SSN\nAnn,{SSN}\n".encode()
    case("eml/honest/attachments.eml", multipart("mixed", [part("text/plain", b"See the files.\n"), attached("staff.csv", csv, "text/csv"), attached("card.zip", zip_of({"card.txt": CARD}))]), "status ok", 'reads names "staff.csv"', 'reads embedded "Card number"', "match us-ssn >=medium 1 container=staff.csv", "match credit-card-number high 1 container=card.zip!card.txt")
    long = part("text/plain", CARD.encode(), "Content-Disposition: attachment;", " filename*0*=utf-8''Gr%C3%B6%C3;", " filename*1*=%9Fe%20und;", ' filename*2=" Karte.txt"')
    case("eml/odd/file-name-in-sections.eml", multipart("mixed", [long]), "match credit-card-number high 1 container=Größe", 'text "Größe und Karte.txt"')
    inner = message("text/plain", PERSON, subject="inside")
    case("eml/honest/message-in-a-message.eml", multipart("mixed", [part("text/plain", CARD.encode()), part("message/rfc822", inner, encoding="7bit")]), "match credit-card-number high 1 part=body", "match us-ssn high 1 container=(message).eml")
    short = b"Subject: bare\r\n\r\n" + PERSON.encode()
    case("eml/odd/message-with-little-of-a-header.eml", multipart("digest", [b"\r\n" + short]), "match us-ssn high 1")
    uu = "begin 644 person.txt\n" + "".join(chr(32 + len(PERSON[i : i + 45])) + _uu(PERSON[i : i + 45].encode()) + "\n" for i in range(0, len(PERSON), 45)) + "`\nend\n"
    case("eml/odd/uuencoded-file.eml", message("text/plain", f"See below.\n\n{uu}\nBye\n"), "match us-ssn high 1 container=person.txt", 'not-text "begin 644"')
    sealed = multipart("mixed", [part("text/plain", CARD.encode()), attached("smime.p7m", bytes.fromhex("3080060a").replace(b"\x0a", b"\x09") + bytes.fromhex("2A864886F70D010703A080") + bytes(range(256)))])
    case("eml/honest/encrypted-part.eml", sealed, "gap encrypted smime.p7m", "protection encrypted", "match credit-card-number high 1")
    signed = message("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", base64.encodebytes(_signed(b"Content-Type: text/plain\r\n\r\n" + PERSON.encode())), more="Content-Transfer-Encoding: base64\r\n")
    case("eml/honest/opaque-signature.eml", signed, "status ok", "match us-ssn high 1")
    pgp = f"{CARD}\n-----BEGIN PGP MESSAGE-----\n\n{base64_lines('sealed', 90)}\n-----END PGP MESSAGE-----\n"
    case("eml/odd/openpgp-in-the-text.eml", message("text/plain", pgp), "gap encrypted", "match credit-card-number high 1")


def damage() -> None:
    parts = [part("text/plain", CARD.encode()), attached("person.txt", PERSON.encode(), "text/plain")]
    whole = multipart("mixed", parts)
    both = ["match credit-card-number high 1", "match us-ssn high 1"]
    case("eml/hostile/boundary-not-declared.eml", whole.replace(b'; boundary="=_part"', b""), *both)
    case("eml/hostile/boundary-declared-wrong.eml", whole.replace(b'boundary="=_part"', b'boundary="other"'), *both)
    case("eml/hostile/no-end.eml", whole.replace(b"--=_part--", b""), *both)
    case("eml/hostile/cut-in-base64.eml", whole[: whole.rindex(b"--=_part--") - 3], both[0], "match us-ssn >=medium 1")
    between = whole.replace(b"--=_part\r\n", f"Social Security number: {SSN_2}\r\n--=_part\r\n".encode(), 1) + f"{groups(VISA_2)} is the card number\r\n".encode()
    case("eml/hostile/text-around-the-parts.eml", between, f'reads hidden "{SSN_2}"', "match us-ssn high 2", "match credit-card-number high 2")
    case("eml/hostile/part-behind-the-end.eml", multipart("mixed", parts[:1]) + b"--=_part\r\n" + parts[1] + b"\r\n--=_part--\r\n", *both)
    same = multipart("mixed", [b'Content-Type: multipart/mixed; boundary="=_part"\r\n\r\n--=_part\r\n' + parts[0], parts[1]])
    case("eml/hostile/same-boundary-inside.eml", same, *both)
    lines = base64.encodebytes(CARD.encode()).decode().splitlines()
    mixed = message("text/plain", "\r\n".join(lines) + f"\r\n\r\n-- \r\nThis list knows: Social Security number: {SSN}, thanks.\r\n", more="Content-Transfer-Encoding: base64\r\n")
    case("eml/hostile/text-behind-base64.eml", mixed, *both)
    case("eml/hostile/not-the-encoding-it-says.eml", message("text/plain", f"Hello there, dear friend.\n{PERSON}", more="Content-Transfer-Encoding: base64\r\n"), "match us-ssn high 1")
    deep = CARD.encode()
    for level in range(60):
        deep = f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n'.encode() + (b"\r\n" if level == 0 else b"") + deep + f"\r\n--b{level}--\r\n".encode()
    case("eml/hostile/sixty-levels-of-parts.eml", f"{FROM}{DATE}".encode() + deep, "gap depth_exceeded", "match credit-card-number high 1")
    binary = multipart("mixed", [part("text/plain", zip_of({"card.txt": CARD}))])
    case("eml/hostile/archive-said-to-be-text.eml", binary, "match credit-card-number high 1 container=card.txt")


def archives() -> None:
    page = f'<html><body><h1>Staff</h1><table><tr><th>SSN</th></tr><tr><td>{SSN}</td></tr></table><img src="logo.gif"></body></html>'
    style = part("text/css", b"h1 { color: red } /* css-words */", "Content-Location: http://intranet.example.com/a.css")
    script = part("text/html; charset=utf-8", f"<p>Card number {groups(VISA)}</p>".encode(), "Content-Location: http://intranet.example.com/frame.html")
    main = part('text/html; charset="utf-8"', page.encode(), "Content-Location: http://intranet.example.com/staff.html", encoding="quoted-printable")
    saved = multipart("related", [main, style, script], subject="Staff", boundary="----MultipartBoundary--x----")
    case("mht/honest/page-with-a-frame.mht", saved, "status ok", MAIL, "match us-ssn high 1 cell=R2C1", "match credit-card-number high 1 part=body", 'not-text "css-words"')
    case("mht/odd/no-fields-but-the-type.mhtml", saved[saved.index(b"Content-Type: multipart") :], MAIL, "match us-ssn high 1")


def mailboxes() -> None:
    first = message("text/plain", f"{CARD}\r\n>From here on, nothing.\r\n").replace(b"\r\n", b"\n")
    second = multipart("mixed", [attached("person.txt", PERSON.encode(), "text/plain")]).replace(b"\r\n", b"\n")
    line = b"From anna.adler@example.com Tue Mar 12 10:20:30 2030\n"
    both = ["match credit-card-number high 1 container=message", "match us-ssn high 1 container=message"]
    box = line + first + b"\n" + line + second + b"\n"
    case("mbox/honest/two-messages.mbox", box, "status ok", MBOX, 'reads embedded "Card number"', "match credit-card-number high 1 container=message", "match us-ssn high 1 container=person.txt", 'text "From here on"', 'not-text ">From here"')
    case("mbox/odd/one-message-as-eml.eml", line + first, MBOX, both[0])
    case("mbox/hostile/cut-in-the-second-message.mbox", box[: len(line) * 2 + len(first) + 180], MBOX, both[0])
    case("mbox/hostile/too-many-messages.mbox", (line + b"Subject: a\n\nb\n\n") * 40 + line + first, "limit members_max 20", "gap members_exceeded")


def _uu(data: bytes) -> str:
    data += bytes(-len(data) % 3)
    groups_of = (int.from_bytes(data[i : i + 3], "big") for i in range(0, len(data), 3))
    return "".join(chr(32 + (n >> shift & 63)) if n >> shift & 63 else "`" for n in groups_of for shift in (18, 12, 6, 0))


def _der(tag: int, content: bytes) -> bytes:
    length = bytes([len(content)]) if len(content) < 128 else b"\x82" + len(content).to_bytes(2, "big")
    return bytes([tag]) + length + content


def _signed(content: bytes) -> bytes:
    """CMS signed data around `content`, without certificates and signers."""
    data = _der(0x30, _der(6, bytes.fromhex("2A864886F70D010701")) + _der(0xA0, _der(4, content)))
    signed = _der(0x30, _der(2, b"\1") + _der(0x31, b"") + data + _der(0x31, b""))
    return _der(0x30, _der(6, bytes.fromhex("2A864886F70D010702")) + _der(0xA0, signed))
