"""Delimited text and JSON: columns, quotes, neighbours that must not be glued, escapes."""

import json

from .case import case
from .values import *

STAFF = [["Name", "SSN", "Card number", "E-mail"], ["Anna Adler", SSN, groups(VISA), EMAIL], ["Bo Berg", SSN_2, MASTERCARD, EMAIL_2]]
STAFF_FACTS = ["status ok", "match us-ssn high 2", "match credit-card-number high 2", "match email >=low 2"]
NEIGHBOURS = [["a", "b", "c", "d"], ["4539", "1381", "9838", "1881"], ["536", "22", "8467", ""], ["DE89", "3704", "0044", "0532"]]


def rows(table: list[list[str]], by: str, quote: bool = False) -> str:
    return "".join(by.join(f'"{v}"' if quote else v for v in row) + "\r\n" for row in table)


def build() -> None:
    csv()
    json_()


def csv() -> None:
    case("csv/honest/comma.csv", rows(STAFF, ","), *STAFF_FACTS)
    case("csv/honest/semicolon.csv", rows(STAFF, ";"), *STAFF_FACTS)
    case("csv/honest/tabs.tsv", rows(STAFF, "\t"), *STAFF_FACTS)
    case("csv/honest/pipes.csv", rows(STAFF, "|"), *STAFF_FACTS)
    case("csv/honest/all-quoted.csv", rows(STAFF, ",", quote=True), *STAFF_FACTS)
    case("csv/honest/utf-16-tabs-as-a-spreadsheet-exports.csv", b"\xff\xfe" + rows(STAFF, "\t").encode("utf-16-le"), *STAFF_FACTS)
    plain = [["id", "ssn"]] + [[str(i), n] for i, n in enumerate([SSN, SSN_2, SSN_3], 1)]
    case("csv/honest/column-header-is-the-only-evidence.csv", rows(plain, ","), "match us-ssn high 3")
    bare = [["id", "social security number"]] + [[str(i), n.replace("-", "")] for i, n in enumerate([SSN, SSN_2, SSN_3], 1)]
    case("csv/honest/numbers-without-hyphens-under-a-header.csv", rows(bare, ","), "match us-ssn >=medium 3")
    case("csv/honest/neighbouring-cells-are-not-glued.csv", rows(NEIGHBOURS, ","), "no-match *")
    case("csv/honest/neighbouring-tabs-are-not-glued.tsv", rows(NEIGHBOURS, "\t"), "no-match *")
    glued = rows([["card number", "part 2", "part 3", "part 4"], NEIGHBOURS[1]], ";")
    case("csv/odd/neighbours-under-a-card-header.csv", glued, "no-match credit-card-number")
    orders = [["order_no", "invoice", "ean", "imei"]] + [[digits(f"o{i}", 10), f"INV-{i:06}", "4006381333931", "490154203237518"] for i in range(20)]
    case("csv/honest/orders-look-alike.csv", rows(orders, ","), "status ok", "no-match *")
    multi = f'name,note\r\nAnna,"Her SSN:\n{SSN}"\r\nBo,"said ""hi"", pays with credit card {VISA}"\r\n'
    case("csv/odd/line-break-and-quotes-in-a-cell.csv", multi, "match us-ssn >=medium 1", "match credit-card-number high 1")
    case("csv/odd/unclosed-quote.csv", f'name,ssn\r\n"Anna,{SSN}\r\nBo,{SSN_2}\r\n', "match us-ssn >=medium 2")
    case("csv/odd/a-separator-line-first.csv", "sep=;\r\n" + rows(STAFF, ";"), "match us-ssn high 2", "match credit-card-number high 2")


def json_() -> None:
    person = {"name": "Anna Adler", "ssn": SSN, "payment": {"card_number": groups(VISA), "cvv": "123"}, "email": EMAIL, "tags": ["a", "b"]}
    facts = ["status ok", "match us-ssn high 1", "match credit-card-number high 1", "match email >=low 1"]
    case("json/honest/object.json", json.dumps(person, indent=2), "kind application/json", *facts, f'reads body "{SSN}"')
    case("json/honest/minified.json", json.dumps([person]), "kind application/json", *facts)
    other = dict(person, ssn=SSN_2, payment={"card_number": MASTERCARD}, email=EMAIL_2)
    lines = json.dumps(person) + "\n" + json.dumps(other) + "\n"
    case("json/honest/ndjson.ndjson", lines, "match us-ssn high 2", "match credit-card-number high 2", "match email >=low 2")
    case("json/honest/card-as-a-number.json", f'{{"card_number": {VISA}, "amount": 12.50}}', "match credit-card-number >=medium 1")
    escaped = '{"note": "Credit card number: %s", "mail": "anna.adler\\u0040example.com", "city": "M\\u00fcnchen"}'
    hidden = "".join(f"\\u{ord(c):04x}" for c in groups(VISA))
    case("json/odd/unicode-escapes.json", escaped % hidden, "match credit-card-number high 1", "match email >=low 1", 'text "München"')
    case("json/odd/slashes-and-line-ends-escaped.json", '{"key": "%s"}' % PEM.replace("\n", "\\n").replace("/", "\\/"), "match private-key-pem high 1")
    case("json/odd/numbers-in-an-array-are-not-glued.json", '{"parts": ["4539", "1381", "9838", "1881"], "n": [4539,1381,9838,1881]}', "no-match *")
    case("json/odd/truncated.json", json.dumps(person, indent=2)[:110], "match us-ssn high 1", "match credit-card-number >=medium 1")
    case("json/hostile/nested-a-thousand-deep.json", "[" * 1000 + f'{{"ssn": "{SSN}"}}' + "]" * 1000, "match us-ssn high 1")
