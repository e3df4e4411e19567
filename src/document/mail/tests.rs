use super::*;
use crate::blob::Limits;

fn mail(bytes: &[u8]) -> Document<'_> {
    let mut out = Document::default();
    read(bytes, &Options::default(), &mut Budget::new(&Limits::default()), &mut out);
    out
}

fn text(bytes: &str) -> String {
    mail(bytes.as_bytes()).text.as_str().to_owned()
}

#[test]
fn alternatives_that_say_the_same_are_told_once() {
    let message = "Subject: =?utf-8?q?h=C3=A4?=\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\npre\r\n--x\r\n\
        Content-Type: text/plain\r\n\r\nCard 4111 1111\r\n\r\nonly here\r\n--x\r\nContent-Type: text/html\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n<table><tr><td>Card 4111=\r\n 1111</td></tr></table>\r\n--x--\r\nepilogue\r\n";
    let document = mail(message.as_bytes());
    assert_eq!(
        document.text.as_str(),
        "Subject: hä\nContent-Type: multipart/alternative; boundary=x\nonly here\n\nCard 4111 1111\npre\nepilogue\n"
    );
    let at = document.text.as_str().find("4111").unwrap();
    assert_eq!(document.text.location(at).cell.as_deref(), Some("R1C1"));
    assert_eq!(document.text.location(0).area, Area::MailHeader);
    assert!(document.gaps.is_empty());
}

#[test]
fn attachments_and_messages_are_embedded_by_their_names() {
    let message = "From: a@b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"q\"\n\n--q\nContent-Type: text/csv\n\
        Content-Disposition: attachment; filename*0*=utf-8''%C3%BC; filename*1=.csv\nContent-Transfer-Encoding: base64\n\n\
        NDExMQ==\n--q\nContent-Type: message/rfc822\n\nSubject: in\nMIME-Version: 1.0\n\ninner\n--q--\n--q\n\nlate";
    let document = mail(message.as_bytes());
    let embedded: Vec<_> =
        document.embedded.iter().map(|e| (e.name.as_str(), String::from_utf8_lossy(&e.bytes))).collect();
    assert_eq!(
        embedded,
        [("ü.csv", "4111".into()), ("(message).eml", "Subject: in\nMIME-Version: 1.0\n\ninner".into())]
    );
    assert!(document.text.as_str().contains("late") && document.text.as_str().contains("ü.csv"));
}

#[test]
fn wrong_boundaries_and_headers_lose_nothing() {
    for message in [
        "Content-Type: multipart/mixed\n\n--zz\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\nQ2FyZCA0MTEx\n--zz--\n",
        "Content-Type: multipart/mixed; boundary=other\n\n--zz\nContent-Type: text/plain\n\nCard 4111\n",
        "Content-Type: multipart/mixed; boundary=other\n\nCard 4111\n",
        "Content-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: base64\n\nCard 4111, and not base64\n",
        "Subject: x\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nCard 4111\n--a--",
        "1000\nSubject: x\nMIME-Version: 1.0\n\nCard 4111",
        "Message-ID: Card 4111 in words\n\n",
        "Subject: x\rMIME-Version: 1.0\r\rCard 4111",
    ] {
        assert!(text(message).contains("Card 4111"), "{message}\n{}", text(message));
    }
}

#[test]
fn every_field_is_read_and_labels_are_kept() {
    let message = "Received: from a by b; now\nDKIM-Signature: v=1; b=abc\nMessage-ID: <a@b>\nX-Note: Card 4111\n\
        msip_labels: MSIP_Label_1_Enabled=true;\n MSIP_Label_1_Name=Secret\n\nhi\n";
    let document = mail(message.as_bytes());
    assert_eq!(
        document.text.as_str(),
        "Received: from a by b; now\nDKIM-Signature: v=1; b=abc\nMessage-ID: <a@b>\nX-Note: Card 4111\nhi\n"
    );
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(document.properties.custom, [pair("MSIP_Label_1_Enabled", "true"), pair("MSIP_Label_1_Name", "Secret")]);
}

#[test]
fn sealed_parts_leave_gaps() {
    let message = "Subject: x\n\nHi\n-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----\n";
    let document = mail(message.as_bytes());
    assert_eq!(document.gaps.first().map(|gap| gap.reason), Some(Reason::Encrypted));
    assert!(!document.text.as_str().contains("abcd"));
}

#[test]
fn mutations_neither_panic_nor_grow() {
    let good = b"Subject: =?utf-8?q?h=C3=A4?= =?x?b?QQ==?=\r\nContent-Type: multipart/mixed; boundary=x; a*0*=utf-8''%41\r\n\r\n--x\r\n\
        Content-Type: text/plain; format=flowed\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJDREVG\r\n--x\r\n\
        Content-Type: message/rfc822\r\n\r\nSubject: a\r\n\r\nbegin 644 a\r\n#0V%R\r\nend\r\n--x--\r\n";
    let mut state = 1u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for round in 0..3000 {
        let mut bytes = good.to_vec();
        for _ in 0..1 + round % 6 {
            let at = next() % bytes.len();
            match next() % 3 {
                0 => bytes[at] = b"-=?;:\"*%'\r\n x(\xFF\0"[next() % 16],
                1 => drop(bytes.drain(at..(at + next() % 9).min(bytes.len() - 1))),
                _ => drop(bytes.splice(at..at, bytes.clone())),
            }
            bytes.truncate(3000);
        }
        let document = mail(&bytes);
        let size: usize = document.embedded.iter().map(|e| e.bytes.len()).sum();
        assert!(document.text.len() + size < bytes.len() * 4 + 200);
    }
}
