"""Outlook: messages in compound files (MS-OXMSG), TNEF (MS-OXTNEF) and stores (MS-PST), written by hand."""

import struct
import zlib

from .case import case
from .cfb import compound
from .values import *

MSG, TNEF = "kind application/vnd.ms-outlook", "kind application/vnd.ms-tnef"
PST = "kind application/vnd.ms-outlook-pst"
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
    stores()


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


# ---- stores ----------------------------------------------------------------------------------------------------------

# The first and the second table of MS-PST 5.1; the third is the inverse of the first.
FORTH = bytes.fromhex(
    "41361362a8216ebbf416cc047f64e85d1ef2cb2a74c55e35d295479e962d9a884c7d843fdbac31b6485ff6c4d8398be7233b388ec8c1df25b120a546604e9cfb"
    "aad35651457c550007c92b9d859b09a08fadb30f63ab894bd7a7155a716642bf264a6b98faea7753b270052cfd593a867ece06eb827857c78d43afb41cd45bcd"
    "e2e9274fc3087280cfb0eff5286dbe304d3492d50e3c2232e5e4f99fc2d10a8112e1ee918376e397e6618a1779a4b7dc907a5c8c02a6ca69de501a1193b95287"
    "58fced1d37491b6ae0293399bd6cd994f340546ff0c673b8d63e6518441fdd6710f10c19ecae03a1147ba90bfff8a3c0a201f72ebc2468750dfeba2fb5d0da3d"
)
MIDDLE = bytes.fromhex(
    "14530f56b3c87a9ceb65481716159f02cc547c83000d0c0ba262a876dbd9edc7c5a4dcac8574d6d0a79bae9a967166c36399b8dd73928e847da55ed15d93b157"
    "5150808952944f4e0a6bbc8d7f6e47464140440111cb033ff7f4e1a98f3c3af9fbf0193082092ec99da08649ee6f4d6dc42d813425871b88aafc06a11238fd4c"
    "4272641337246a757743ffe6b44b365ce4d8353d45b92cecb7312b290768a30e697b189e2139be281a5b78f523ca2ab0af3efe048ce7e5983295d3f64ae8a6ea"
    "e9f3d52f7020f21f0567ad5510cecde3273bdabad7c226d4911dd21c2233f8faf15aefcf90b68bb5bdc0bf08971e6ce261e0c6c159abbb58de5fdf60797eb28a"
)
BACK = bytes(FORTH.index(b) for b in range(256))
FOLDER, MESSAGE, FILE, RECIPIENTS, NAMES = 0x02, 0x04, 0x05, 0x12, 0x61


def encoded(data: bytes, method: int, bid: int) -> bytes:
    if method == 0:
        return data
    if method == 1:
        return data.translate(FORTH)
    out, turn = bytearray(), (bid ^ bid >> 16) & 0xFFFF
    for b in data:
        low, high = turn & 0xFF, turn >> 8
        b = MIDDLE[(FORTH[(b + low) & 0xFF] + high) & 0xFF]
        out.append((BACK[(b - high) & 0xFF] - low) & 0xFF)
        turn = turn + 1 & 0xFFFF
    return bytes(out)


class Store:
    """A store under way: blocks are placed one after the other, pages behind them."""

    def __init__(self, ansi: bool = False, method: int = 1) -> None:
        self.ansi, self.method, self.bid, self.file = ansi, method, 4, bytearray(0x600)
        self.blocks: list[tuple[int, int, int]] = []
        self.nodes: list[tuple[int, int, int, int]] = []

    def long(self, *numbers: int) -> bytes:
        return struct.pack(f"<{len(numbers)}{'I' if self.ansi else 'Q'}", *numbers)

    def block(self, data: bytes, internal: bool = False) -> int:
        """Places a block and gives its identifier."""
        bid, self.bid = self.bid | (2 if internal else 0), self.bid + 4
        stored = data if internal else encoded(data, self.method, bid)
        at = len(self.file)
        trailer = self.trailer(at, bid, stored, struct.pack("<H", len(data)))
        self.file += stored + bytes(-(len(stored) + len(trailer)) % 64) + trailer
        self.blocks.append((bid, at, len(data)))
        return bid

    def trailer(self, at: int, bid: int, stored: bytes, head: bytes) -> bytes:
        signature = ((at ^ bid) >> 16 ^ at ^ bid) & 0xFFFF
        crc = struct.pack("<I", zlib.crc32(stored, 0xFFFFFFFF) ^ 0xFFFFFFFF)
        tail = self.long(bid) + crc if self.ansi else crc + self.long(bid)
        return head + struct.pack("<H", signature) + tail

    def data(self, data: bytes, most: int = 8000) -> int:
        """Data in one block, or in a list of blocks."""
        if len(data) <= most:
            return self.block(data)
        bids = [self.block(data[i : i + most]) for i in range(0, len(data), most)]
        return self.block(struct.pack("<BBHI", 1, 1, len(bids), len(data)) + self.long(*bids), internal=True)

    def subnodes(self, nodes: list[tuple[int, int, int]]) -> int:
        if not nodes:
            return 0
        head = struct.pack("<BBH", 2, 0, len(nodes)) + (b"" if self.ansi else bytes(4))
        return self.block(head + b"".join(self.long(*node) for node in sorted(nodes)), internal=True)

    def object(self, properties: dict, nodes: list[tuple[int, int, int]] = ()) -> tuple[int, int]:
        """Properties as a heap: data and subnodes. Text is UTF-16 (a tuple: single bytes), an int a number, a list an
        object in that node; what is large stands in a node of its own."""
        nodes, values, records = list(nodes), [], []
        for id, value in sorted(properties.items()):
            kind, data = (0x1F, value.encode("utf-16-le")) if isinstance(value, str) else (0x102, value)
            if isinstance(value, int):
                records.append(struct.pack("<HHI", id, 3, value))
                continue
            if isinstance(value, list):
                kind, data = 0x0D, struct.pack("<II", value[0], 0)
            elif isinstance(value, tuple):
                kind, data = 0x1E, value[1]
            place = (len(values) + 3) << 5
            if len(data) > 3000:
                place = 0x8000 + len(nodes) * 32 + 0x1F
                nodes.append((place, self.data(data), 0))
            else:
                values.append(data)
            records.append(struct.pack("<HHI", id, kind, place))
        items = [struct.pack("<BBBBI", 0xB5, 2, 6, 0, 2 << 5), b"".join(records), *values]
        return self.block(heap(0xBC, items)), self.subnodes(nodes)

    def table(self, rows: list[dict]) -> tuple[int, int]:
        """A table of rows with the same text columns and a number."""
        values, cells, index = [], b"", b""
        for number, row in enumerate(rows):
            places = []
            for id in (NAME, SMTP):
                values.append(row[id].encode("utf-16-le"))
                places.append((len(values) + 4) << 5)
            cells += struct.pack("<IIIIIB", number, 0, *places, row[0x0C15], 0b11111000)
            index += struct.pack("<II", number, number)
        columns = [(0x67F2, 3, 0), (0x67F3, 3, 4), (NAME, 0x1F, 8), (SMTP, 0x1F, 12), (0x0C15, 3, 16)]
        head = struct.pack("<BB4HIII", 0x7C, len(columns), 20, 20, 20, 21, 2 << 5, 4 << 5, 0)
        head += b"".join(struct.pack("<HHHBB", kind, id, at, 4, bit) for bit, (id, kind, at) in enumerate(columns))
        items = [head, struct.pack("<BBBBI", 0xB5, 4, 4, 0, 3 << 5), index, cells, *values]
        return self.block(heap(0x7C, items)), 0

    def add(self, id: int, parent: int, data: int, nodes: int) -> None:
        self.nodes.append((id, data, nodes, parent))

    def message(self, properties: dict, recipients: list[dict] = (), files: list[tuple[int, int]] = ()) -> tuple[int, int]:
        nodes = [((0x400 + i) << 5 | FILE, *file) for i, file in enumerate(files)]
        if recipients:
            nodes.append((0x680 | RECIPIENTS, *self.table(recipients)))
        return self.object(properties, nodes)

    def tree(self, kind: int, entries: list[bytes], most: int) -> int:
        """Pages of entries, and pages of those; gives the place of the topmost."""
        level, room = 0, 496 if self.ansi else 488
        while True:
            places = []
            for i in range(0, len(entries), most):
                chunk = entries[i : i + most]
                bid, self.bid = self.bid, self.bid + 4
                self.file += bytes(-len(self.file) % 512)
                at, key = len(self.file), chunk[0][: 4 if self.ansi else 8]
                page = b"".join(chunk).ljust(room, b"\0") + struct.pack("<BBBB", len(chunk), most, len(chunk[0]), level)
                page += b"" if self.ansi else bytes(4)
                self.file += page + self.trailer(at, bid, page, bytes([kind, kind]))
                places.append(key + self.long(bid, at))
            if len(places) == 1:
                return at
            entries, level, most = places, level + 1, 20

    def finish(self) -> bytes:
        nodes = [struct.pack("<IIII", i, d, s, p) if self.ansi else struct.pack("<QQQII", i, d, s, p, 0) for i, d, s, p in sorted(self.nodes)]
        blocks = sorted(self.blocks)
        blocks = [self.long(bid, at) + struct.pack("<HH", size, 2) + (b"" if self.ansi else bytes(4)) for bid, at, size in blocks]
        block_tree = self.tree(0x80, blocks, 20)
        node_tree = self.tree(0x81, nodes, 15)
        roots = self.long(len(self.file), 0, 0, 0, 0, node_tree, 0, block_tree)
        head = bytearray(self.file[:0x600])
        head[:24] = struct.pack("<IIHHHBBII", 0x4E444221, 0, 0x4D53, 15 if self.ansi else 23, 19, 1, 1, 0, 0)
        start, sentinel = (168, 460) if self.ansi else (184, 512)
        head[start : start + len(roots)] = roots
        head[sentinel : sentinel + 2] = bytes([0x80, self.method])
        head[4:8] = struct.pack("<I", zlib.crc32(bytes(head[8:479]), 0xFFFFFFFF) ^ 0xFFFFFFFF)
        self.file[:0x600] = head
        return bytes(self.file)


def heap(client: int, items: list[bytes]) -> bytes:
    body, offsets = b"", [12]
    for item in items:
        body += item
        offsets.append(12 + len(body))
    body += bytes(len(body) % 2)
    head = struct.pack("<HBBI4x", 12 + len(body), 0xEC, client, 1 << 5)
    return head + body + struct.pack("<HH", len(items), 0) + b"".join(struct.pack("<H", at) for at in offsets)


def folders(store: Store, *names_of: str) -> int:
    """A root and a folder in it for each name; gives the identifier of the last."""
    store.add(0x122, 0x122, *store.object({NAME: ""}))
    parent = 0x122
    for index, name in enumerate(names_of):
        id = (0x400 + index) << 5 | FOLDER
        value = ("8", name.encode("cp1251")) if store.ansi else name
        store.add(id, parent, *store.object({NAME: value}))
        parent = id
    return parent


def stores() -> None:
    top = {0x001A: "IPM.Note", SUBJECT: "\1\1Größe", SENDER: "Anna Adler", SENDER_MAIL: EMAIL}
    bo = {NAME: "Bo Berg", SMTP: EMAIL_2, 0x0C15: 1}
    whole = {}
    for method in (0, 1, 2):
        store = Store(method=method)
        folder = folders(store, "Personal", "Prüfung")
        strings = "msip_labels".encode("utf-16-le")
        store.add(NAMES, 0, *store.object({3: struct.pack("<IHH", 0, 7, 0), 4: struct.pack("<I", len(strings)) + strings}))
        file = store.object({LONG_NAME: "person.txt", DATA: PERSON.encode()})
        inner = (0x500 << 5 | MESSAGE, *store.message({SUBJECT: "inside", BODY: f"Social Security number: {SSN_2}\r\n"}))
        nested = store.object({NAME: "inside", DATA: [inner[0]]}, [inner])
        store.add(0x2000 << 5 | MESSAGE, folder, *store.message(top | {BODY: CARD, 0x8000: LABELS}, [bo], [file, nested]))
        store.add(0x2001 << 5 | MESSAGE, folder, *store.message(top | {SUBJECT: "Long", BODY: f"{CARD}{'lorem ipsum dolor ' * 400}\r\n{groups(VISA_2)} is a card number\r\n"}))
        whole[method] = store.finish()
    facts = ["status ok", PST, 'reads names "Personal/Prüfung"', 'reads embedded "Card number"', 'text "Bo Berg"', f"label {LABEL} Secret active"]
    facts += ["match us-ssn high 1 container=Größe/person.txt", "match us-ssn high 1 container=Größe/inside", "match credit-card-number high 1 container=Prüfung/Größe", "match credit-card-number high 2 container=Prüfung/Long"]
    case("pst/honest/folders-messages-files.pst", whole[1], *facts)
    case("pst/honest/not-encoded.pst", whole[0], *facts)
    case("pst/honest/cyclic-encoding.ost", whole[2], *facts)
    old = Store(ansi=True)
    folder = folders(old, "Кадры")
    eight = {SUBJECT: ("8", "Карта".encode("cp1251")), BODY: ("8", f"Номер карты: {groups(VISA)} card number\r\n".encode("cp1251")), 0x3FFD: 1251}
    old.add(0x2000 << 5 | MESSAGE, folder, *old.message(eight, [], [old.object({LONG_NAME: ("8", b"person.txt"), DATA: PERSON.encode()})]))
    case("pst/honest/of-outlook-2000.pst", old.finish(), "status ok", PST, 'text "Номер карты"', "match credit-card-number high 1 container=Карта", "match us-ssn high 1 container=person.txt")
    many = Store(method=0)
    folder = folders(many, "Many")
    for i in range(40):
        many.add((0x2000 + i) << 5 | MESSAGE, folder, *many.message({SUBJECT: f"number {i}", BODY: CARD if i == 39 else "nothing"}))
    case("pst/honest/trees-of-two-levels.pst", many.finish(), "status ok", "match credit-card-number high 1 container=number 39")
    plain = whole[0]
    case("pst/hostile/cut-off.pst", plain[: len(plain) * 2 // 3], "gap corrupt")
    block = plain.index("Card number".encode("utf-16-le"))
    broken = plain[: block // 64 * 64 - 64] + bytes(64) + plain[block // 64 * 64 :]
    case("pst/hostile/block-of-zeros.pst", broken, PST, "match us-ssn high 1 container=person.txt")
    ring = bytearray(many.file)
    place = struct.unpack_from("<Q", ring, 224)[0]
    struct.pack_into("<Q", ring, place + 16, place)
    case("pst/hostile/tree-that-is-a-ring.pst", bytes(ring), PST, "match credit-card-number high 1")
