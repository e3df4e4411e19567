"""Outlook: messages in compound files (MS-OXMSG), TNEF (MS-OXTNEF) and stores (MS-PST), written by hand."""

import struct

from .case import case
from .cfb import compound
from .values import *

MSG, TNEF = "kind application/vnd.ms-outlook", "kind application/vnd.ms-tnef"
CARD = f"Card number: {groups(VISA)}, Visa\r\n"
PERSON = f"Social Security number: {SSN}\r\n"
LABEL = "2a3b4c5d-aaaa-4bbb-8ccc-0123456789ab"
LABELS = f"MSIP_Label_{LABEL}_Enabled=true; MSIP_Label_{LABEL}_SiteId=aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee; MSIP_Label_{LABEL}_Name=Secret; MSIP_Label_{LABEL}_ContentBits=0"
SUBJECT, TO, BODY, RTF, HTML, NAME, DATA = 0x0037, 0x0E04, 0x1000, 0x1009, 0x1013, 0x3001, 0x3701
SENDER, SENDER_MAIL, SMTP, LONG_NAME, COMPANY = 0x0C1A, 0x5D01, 0x39FE, 0x3707, 0x3A16
PRESET = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbol"
    b"ArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def build() -> None:
    messages()
    tnefs()


# ---- messages --------------------------------------------------------------------------------------------------------


def streams(properties: dict, fixed: dict | None = None, head: int = 8, prefix: str = "") -> dict[str, bytes]:
    """Streams of an object: text is UTF-16, bytes are binary, ("8", text) is text in single bytes."""
    out = {}
    entries = b""
    for id, value in properties.items():
        kind, data = (0x1F, value.encode("utf-16-le")) if isinstance(value, str) else (0x102, value)
        if isinstance(value, tuple):
            kind, data = 0x1E, value[1]
        out[f"{prefix}__substg1.0_{id:04X}{kind:04X}"] = data
        entries += struct.pack("<HHIII", kind, id, 6, len(data), 0)
    for (id, kind), number in (fixed or {}).items():
        entries += struct.pack("<HHIQ", kind, id, 6, number)
    return {f"{prefix}__properties_version1.0": bytes(head) + entries} | out


def names(*texts: str) -> dict[str, bytes]:
    """The storage of names: property 0x8000 + n has the n-th."""
    strings, entries = b"", b""
    for index, text in enumerate(texts):
        data = text.encode("utf-16-le")
        entries += struct.pack("<II", len(strings), index << 16 | 7)
        strings += struct.pack("<I", len(data)) + data + bytes(-len(data) % 4)
    where = "__nameid_version1.0/__substg1.0_"
    return {f"{where}00020102": bytes(16), f"{where}00030102": entries, f"{where}00040102": strings}


def msg(properties: dict, recipients: list[dict] = (), attachments: list[dict] = (), named: tuple = (), fixed: dict | None = None) -> bytes:
    files = streams({0x001A: "IPM.Note"} | properties, fixed, head=32) | names(*named)
    for index, recipient in enumerate(recipients):
        files |= streams(recipient, {(0x0C15, 3): 1}, prefix=f"__recip_version1.0_#{index:08X}/")
    for index, attachment in enumerate(attachments):
        files |= streams({k: v for k, v in attachment.items() if k != "object"}, prefix=f"__attach_version1.0_#{index:08X}/")
        for name, data in attachment.get("object", {}).items():
            files[f"__attach_version1.0_#{index:08X}/__substg1.0_3701000D/{name}"] = data
    return compound(files)


def rtf_compressed(rtf: bytes) -> bytes:
    """Compressed RTF with a reference where the dictionary has the next bytes."""
    out, at, window = b"", 0, PRESET
    while at <= len(rtf):
        control, run = 0, b""
        for bit in range(8):
            if at >= len(rtf):
                control |= 1 << bit
                run += struct.pack(">H", (len(window) % 4096) << 4)
                at += 1
                break
            length = next((n for n in range(min(17, len(rtf) - at), 1, -1) if rtf[at : at + n] in window[-4000:]), 0)
            if length:
                place = window.rindex(rtf[at : at + length])
                control |= 1 << bit
                run += struct.pack(">H", (place % 4096) << 4 | length - 2)
            else:
                run += rtf[at : at + 1]
            window += rtf[at : at + max(length, 1)]
            at += max(length, 1)
        out += bytes([control]) + run
    return struct.pack("<IIII", len(out) + 12, len(rtf), 0x75465A4C, 0) + out


def messages() -> None:
    sender = {SENDER: "Anna Adler", SENDER_MAIL: "anna.adler@example.com", SUBJECT: "Größe", TO: "Bo Berg"}
    bo = {NAME: "Bo Berg", SMTP: EMAIL_2}
    file = {LONG_NAME: "Prüfung.txt", 0x3704: "PRUFUN~1.TXT", DATA: PERSON.encode()}
    whole = msg(sender | {BODY: CARD, COMPANY: "Adler and Sons"}, [bo], [file])
    facts = ["status ok", MSG, 'reads body "Card number"', 'reads headers "Subject: Größe"', f'reads headers "To: Bo Berg <{EMAIL_2}>"']
    facts += ['reads metadata "Adler and Sons"', 'reads names "Prüfung.txt"', f'reads embedded "{SSN}"']
    case("msg/honest/message-with-a-file.msg", whole, *facts, "match credit-card-number high 1 part=body", "match us-ssn high 1 container=Prüfung.txt")
    page = f"<table><tr><th>Card number</th></tr><tr><td>{groups(VISA)}</td></tr></table>".encode()
    both = msg(sender | {BODY: f"Card number\r\n{groups(VISA)}\r\n", HTML: page}, fixed={(0x3FDE, 3): 65001})
    case("msg/honest/plain-and-html-say-the-same.msg", both, "status ok", "match credit-card-number high 1 cell=R2C1", "unique credit-card-number 1")
    rtf = b"{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\pard\\plain\\f0\\fs20 " + PERSON.strip().encode() + b"\\par\r\n}"
    case("msg/honest/only-compressed-rtf.msg", msg(sender | {RTF: rtf_compressed(rtf)}), "match us-ssn >=medium 1 container=(body).rtf")
    alike = msg(sender | {BODY: PERSON, RTF: rtf_compressed(rtf)})
    case("msg/honest/rtf-says-the-same.msg", alike, "status ok", "match us-ssn high 1 part=body")
    differs = msg(sender | {BODY: CARD, RTF: rtf_compressed(rtf)})
    case("msg/odd/rtf-says-something-else.msg", differs, "match credit-card-number high 1 part=body", "match us-ssn >=medium 1 container=(body).rtf")
    cyrillic = msg({SUBJECT: ("8", "Карта".encode("cp1251")), BODY: ("8", f"Номер карты: {groups(VISA)}\r\n".encode("cp1251"))}, fixed={(0x3FFD, 3): 1251})
    case("msg/honest/single-bytes-in-a-code-page.msg", cyrillic, "status ok", 'text "Номер карты"', "match credit-card-number >=low 1")
    labelled = msg(sender | {BODY: "nothing", 0x8000: LABELS}, named=("msip_labels",))
    case("msg/honest/label-in-a-named-property.msg", labelled, f"reads labels {LABEL}", f"label {LABEL} Secret active", 'not-text "MSIP_"')
    header = f"Received: from a by b; now\r\nX-Note: Social Security number {SSN}\r\nmsip_labels: {LABELS}\r\nSubject: Größe\r\n"
    case("msg/honest/label-in-the-header.msg", msg(sender | {BODY: "nothing", 0x007D: header}), f"label {LABEL} Secret active", "match us-ssn high 1 part=mail_header")
    named = msg(sender | {BODY: "nothing", 0x8000: f"Social Security number: {SSN}"}, named=("Personnel file",))
    case("msg/honest/text-in-a-named-property.msg", named, "match us-ssn high 1 part=metadata")
    inner = {0x001A: "IPM.Note", SUBJECT: "inside", BODY: PERSON}
    nested = msg(sender | {BODY: CARD}, [], [{NAME: "inside", "object": streams(inner, head=24)}])
    case("msg/honest/message-in-a-message.msg", nested, "match credit-card-number high 1 part=body", "match us-ssn high 1 container=inside.msg")
    contact = msg({0x001A: "IPM.Contact", NAME: "Anna Adler", 0x3A29: "Long Street 1", BODY: PERSON})
    case("msg/honest/contact.msg", contact, "match us-ssn high 1", 'text "Long Street 1"')
    hidden = msg(sender | {BODY: "nothing", 0x6701: f"..Social Security number {SSN}..".encode("utf-16-le")})
    case("msg/odd/text-in-bytes.msg", hidden, "match us-ssn high 1 part=hidden")
    sealed = msg(sender | {0x001A: "IPM.Note.SMIME", BODY: ""}, [], [{LONG_NAME: "smime.p7m", DATA: bytes.fromhex("30800609" + "2A864886F70D010703A080") + bytes(range(256))}])
    case("msg/honest/encrypted.msg", sealed, "gap encrypted smime.p7m")
    case("msg/hostile/cut-off.msg", whole[: len(whole) // 2], "gap corrupt")
    torn = msg(sender | {BODY: CARD, RTF: rtf_compressed(rtf)[:40]})
    case("msg/hostile/compressed-rtf-cut-off.msg", torn, "gap corrupt (body).rtf", "match credit-card-number high 1")
    lying = msg(sender | {BODY: CARD, 0x8000: "x"}, named=("n",)).replace(struct.pack("<II", 0, 7), struct.pack("<II", 0x7FFFFFFF, 7))
    case("msg/hostile/names-out-of-range.msg", lying, "match credit-card-number high 1")


# ---- TNEF ------------------------------------------------------------------------------------------------------------


def attribute(level: int, number: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def mapi(properties: dict) -> bytes:
    """A list of properties; names are (id, name)."""
    out = struct.pack("<I", len(properties))
    for id, value in properties.items():
        id, name = id if isinstance(id, tuple) else (id, None)
        many = value if isinstance(value, list) else [value]
        kind = 3 if isinstance(value, int) else 0x1F if isinstance(many[0], str) else 0x102
        out += struct.pack("<HH", kind | (0x1000 if isinstance(value, list) else 0), id)
        if name:
            data = (name + "\0").encode("utf-16-le")
            out += bytes(16) + struct.pack("<II", 1, len(data)) + data + bytes(-len(data) % 4)
        if kind == 3:
            out += struct.pack("<I", value)
            continue
        out += struct.pack("<I", len(many))
        for one in many:
            data = (one + "\0").encode("utf-16-le") if kind == 0x1F else one
            out += struct.pack("<I", len(data)) + data + bytes(-len(data) % 4)
    return out


def tnef(properties: dict, recipients: list[dict] = (), attachments: list[bytes] = (), first: bytes = b"") -> bytes:
    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x00089006, struct.pack("<I", 0x10000))
    out += attribute(1, 0x00069007, struct.pack("<II", 1252, 0)) + first + attribute(1, 0x00069003, mapi(properties))
    if recipients:
        out += attribute(1, 0x00069004, struct.pack("<I", len(recipients)) + b"".join(map(mapi, recipients)))
    return out + b"".join(attachments)


def attachment(title: bytes, data: bytes, properties: dict) -> bytes:
    out = attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, title + b"\0")
    return out + (attribute(2, 0x0006800F, data) if data else b"") + attribute(2, 0x00069005, mapi(properties))


def tnefs() -> None:
    top = {SUBJECT: "Größe", SENDER: "Anna Adler", SENDER_MAIL: EMAIL, (0x8001, "Keywords"): ["Larkspur", "Vermilion"]}
    bo = {NAME: "Bo Berg", SMTP: EMAIL_2, 0x0C15: 1}
    file = attachment(b"PRUF~1.TXT", PERSON.encode(), {LONG_NAME: "Prüfung.txt"})
    whole = tnef(top | {BODY: CARD}, [bo], [file])
    facts = ["status ok", TNEF, 'reads body "Card number"', 'reads headers "Subject: Größe"', f'reads headers "To: Bo Berg <{EMAIL_2}>"']
    facts += ['reads metadata "Vermilion"', 'reads names "Prüfung.txt"', f'reads embedded "{SSN}"']
    case("tnef/honest/winmail.dat", whole, *facts, "match credit-card-number high 1 part=body", "match us-ssn high 1 container=Prüfung.txt")
    rtf = b"{\\rtf1\\ansi\\pard " + PERSON.strip().encode() + b"\\par}"
    case("tnef/honest/only-compressed-rtf.dat", tnef(top | {RTF: rtf_compressed(rtf)}), "match us-ssn >=medium 1 container=(body).rtf")
    old = attribute(1, 0x00018004, "Größe\0".encode("cp1252")) + attribute(1, 0x0002800C, CARD.encode() + b"\0")
    case("tnef/odd/attributes-of-old-clients.dat", tnef({}, first=old), "status ok", 'text "Subject: Größe"', "match credit-card-number high 1 part=body")
    inner = tnef({SUBJECT: "inside", BODY: PERSON})
    nested = attachment(b"inside", b"", {DATA: bytes.fromhex("0703020000000000C000000000000046") + inner})
    case("tnef/honest/message-in-a-message.dat", tnef(top | {BODY: CARD}, [], [nested]), "match credit-card-number high 1", "match us-ssn high 1 container=inside")
    case("tnef/honest/label-in-a-named-property.dat", tnef(top | {BODY: "nothing", (0x8002, "msip_labels"): LABELS}), f"reads labels {LABEL}", f"label {LABEL} Secret active")
    case("tnef/hostile/cut-in-the-file.dat", whole[: whole.index(PERSON.encode()) + 40], "gap corrupt", "match credit-card-number high 1", "match us-ssn >=medium 1")
    case("tnef/hostile/length-lies.dat", whole.replace(struct.pack("<II", 0x0006800F, len(PERSON)), struct.pack("<II", 0x0006800F, 0x7FFFFFFF)), "gap corrupt", "match us-ssn >=medium 1")
    case("tnef/hostile/endless-values.dat", tnef({}, first=attribute(1, 0x00069003, struct.pack("<IHHI", 9, 0x1001, 0x3001, 0xFFFFFFFF))), "gap corrupt", "no-match *")
