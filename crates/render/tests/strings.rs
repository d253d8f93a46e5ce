//! Strings in hexadecimal (`-x`, `-xx`), also those that the tracer has composed.

use decode::{Sink, Text as Form};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use strax_render::{Escape, Render, Style, Text};

fn shown(escape: Escape, show: impl Fn(&mut dyn Sink)) -> String {
    let mut text = Text::new(Style { escape, ..Style::default() });
    show(&mut text);
    String::from_utf8(text.buffer().to_vec()).expect("text")
}

#[test]
fn addresses_are_strings() {
    let four = |sink: &mut dyn Sink| sink.ip("", Ipv4Addr::LOCALHOST.into());
    let six = |sink: &mut dyn Sink| sink.ip("a", Ipv6Addr::LOCALHOST.into());
    let mixed: IpAddr = Ipv6Addr::new(0, 0, 0, 0, 0, 0, 0x102, 0x304).into();
    for escape in [Escape::Octal, Escape::NonAscii, Escape::NonAsciiChars] {
        assert_eq!(shown(escape, four), r#"inet_addr("127.0.0.1")"#);
        assert_eq!(shown(escape, six), r#"inet_pton(AF_INET6, "::1", &a)"#);
        assert_eq!(shown(escape, |sink| sink.ip("a", mixed)), r#"inet_pton(AF_INET6, "::1.2.3.4", &a)"#);
    }
    assert_eq!(shown(Escape::All, four), r#"inet_addr("\x31\x32\x37\x2e\x30\x2e\x30\x2e\x31")"#);
    assert_eq!(shown(Escape::All, six), r#"inet_pton(AF_INET6, "\x3a\x3a\x31", &a)"#);
}

#[test]
fn names_of_interfaces_are_strings() {
    let show = |sink: &mut dyn Sink| sink.interface(1, Some(b"lo"));
    assert_eq!(shown(Escape::NonAscii, show), r#"if_nametoindex("lo")"#);
    assert_eq!(shown(Escape::All, show), r#"if_nametoindex("\x6c\x6f")"#);
    let show = |sink: &mut dyn Sink| sink.interface(1, Some(b"l\x1b\xff"));
    assert_eq!(shown(Escape::Octal, show), r#"if_nametoindex("l\33\377")"#);
    assert_eq!(shown(Escape::NonAscii, show), r#"if_nametoindex("\x6c\x1b\xff")"#);
}

#[test]
fn strings_of_attributes_show_the_nul_that_ends_them() {
    let show = |sink: &mut dyn Sink| sink.bytes(b"lo", Form::Ended, false);
    assert_eq!(shown(Escape::Octal, show), r#""lo""#);
    assert_eq!(shown(Escape::NonAsciiChars, show), r#""lo""#);
    assert_eq!(shown(Escape::NonAscii, show), r#""\x6c\x6f\x00"..."#);
    assert_eq!(shown(Escape::All, show), r#""\x6c\x6f\x00"..."#);
}
