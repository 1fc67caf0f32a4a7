//! The addresses of webhooks: public ones, over HTTPS. Otherwise a webhook could make this server request addresses of
//! its own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

/// The networks of IPv4 that are not public (IANA's registry of special-purpose addresses).
const SPECIAL_V4: [([u8; 4], u32, &str); 15] = [
    ([0, 0, 0, 0], 8, "unspecified"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "shared by a carrier"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "of a protocol"),
    ([192, 0, 2, 0], 24, "for documentation"),
    ([192, 88, 99, 0], 24, "of a relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "for benchmarks"),
    ([198, 51, 100, 0], 24, "for documentation"),
    ([203, 0, 113, 0], 24, "for documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// The same for IPv6 within 2000::/3. Nothing outside of that is public.
const SPECIAL_V6: [([u16; 8], u32, &str); 4] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "of a protocol"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "for documentation"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "of a tunnel to IPv4"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "for documentation"),
];

/// The greatest length of a URL.
const LONGEST: usize = 2000;

/// Checks the URL of a webhook.
pub fn parse(text: &str, is_private_allowed: bool) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("\"{text}\" is not a URL ({error}): give https://HOST/PATH"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_private_allowed => {}
        "http" => return Err("it is not encrypted: give https://… (http:// needs --allow-private)".to_owned()),
        other => return Err(format!("\"{other}\" is not a scheme for webhooks: give https://…")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it has credentials in it: messages are signed instead".to_owned());
    }
    if url.fragment().is_some() || text.len() > LONGEST {
        return Err(format!("it has no fragment (#…), and at most {LONGEST} characters"));
    }
    match literal(&url) {
        // TLS has certificates for IPv6 addresses, but the client can't request one.
        Some(IpAddr::V6(_)) if url.scheme() == "https" => {
            Err("an IPv6 address has no https here: give a name".to_owned())
        }
        Some(address) => check(address, is_private_allowed).map(|()| url),
        None => Ok(url),
    }
}

/// The address in a URL without a name.
fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

/// The addresses of a URL's host. All of them are checked. The connection uses them without another lookup, whose
/// result could be different.
pub async fn resolve(url: &Url, is_private_allowed: bool) -> Result<Vec<SocketAddr>, String> {
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses: Vec<SocketAddr> = match (literal(url), url.host_str()) {
        (Some(address), _) => vec![(address, port).into()],
        (None, Some(name)) => {
            let found = tokio::net::lookup_host((name, port)).await;
            found.map_err(|error| format!("the address of {name} is not found: {error}"))?.collect()
        }
        (None, None) => Vec::new(),
    };
    addresses.iter().try_for_each(|address| check(address.ip(), is_private_allowed))?;
    if addresses.is_empty() { Err("its host has no address".to_owned()) } else { Ok(addresses) }
}

/// Refuses an address that is not public.
fn check(address: IpAddr, is_private_allowed: bool) -> Result<(), String> {
    match special(address) {
        Some(what) if !is_private_allowed => Err(format!(
            "{address} is not public ({what}): only a webhook that was added with --allow-private may be there"
        )),
        _ => Ok(()),
    }
}

/// The purpose of an address that is not public.
fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => {
            let begins = |network: &[u8; 4], length: u32| {
                (address.to_bits() ^ Ipv4Addr::from(*network).to_bits()).leading_zeros() >= length
            };
            SPECIAL_V4.iter().find(|(network, length, _)| begins(network, *length)).map(|(_, _, what)| *what)
        }
        IpAddr::V6(address) if address.segments()[0] >> 13 != 1 => Some("not of the public IPv6 network"),
        IpAddr::V6(address) => {
            let begins = |network: &[u16; 8], length: u32| {
                (address.to_bits() ^ Ipv6Addr::from(*network).to_bits()).leading_zeros() >= length
            };
            SPECIAL_V6.iter().find(|(network, length, _)| begins(network, *length)).map(|(_, _, what)| *what)
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const SPECIAL: &str = "\
        0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.0.3 \
        169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 \
        198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 :: ::1 \
        ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::808:808 64:ff9b:1::1 100::1 \
        2001::1 2001:10::1 2001:1ff::1 2001:db8::1 2002:7f00:1:: 3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1 \
        fd12:3456::1 fe80::1 fec0::1 ff02::1";

    const PUBLIC: &str = "\
        1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 \
        172.15.255.255 172.32.0.0 192.0.1.1 192.167.0.1 198.17.255.255 198.20.0.0 223.255.255.255 \
        2001:200::1 2001:4860:4860::8888 2003::1 2606:4700::1111 3ffe::1";

    #[test]
    fn only_public_addresses_are_public() {
        for address in SPECIAL.split(' ') {
            let parsed: IpAddr = address.parse().unwrap();
            assert!(special(parsed).is_some(), "{address}");
            assert!(check(parsed, false).unwrap_err().contains("--allow-private"), "{address}");
            assert!(check(parsed, true).is_ok(), "{address}");
        }
        for address in PUBLIC.split(' ') {
            assert_eq!(special(address.parse().unwrap()), None, "{address}");
        }
    }

    #[test]
    fn a_url_is_https_and_public() {
        for url in [
            "https://example.org",
            "https://example.org:8443/hook?token=x",
            "https://8.8.8.8/",
            "https://bücher.example/",
        ] {
            assert!(parse(url, false).is_ok(), "{url}");
        }
        for (url, why) in [
            ("example.org", "is not a URL"),
            ("ftp://example.org", "not a scheme"),
            ("http://example.org", "not encrypted"),
            ("https://ada@example.org", "credentials"),
            ("https://:secret@example.org", "credentials"),
            ("https://example.org/#part", "fragment"),
            ("https://127.0.0.1/", "loopback"),
            ("https://2130706433/", "loopback"),
            ("https://0x7f.1/", "loopback"),
            ("https://0177.0.0.1/", "loopback"),
            ("https://127。0。0。1/", "loopback"),
            ("https://169.254.169.254/latest", "link-local"),
            ("https://[2606:4700::1111]/", "give a name"),
        ] {
            let error = parse(url, false).unwrap_err();
            assert!(error.contains(why) && !error.contains("secret"), "{url}: {error}");
        }
        for url in ["http://127.0.0.1:8080/", "http://[::1]:8080/", "https://10.0.0.1/", "http://example.org/"] {
            assert!(parse(url, true).is_ok(), "{url}");
        }
    }

    #[actix_web::test]
    async fn a_name_is_known_by_its_addresses() {
        let url = |text: &str| Url::parse(text).unwrap();
        for address in [
            "https://localhost/",
            "https://LOCALHOST:8443/",
            "https://127.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
        ] {
            assert!(resolve(&url(address), false).await.unwrap_err().contains("not public"), "{address}");
        }
        let found = resolve(&url("http://localhost:8443/"), true).await.unwrap();
        assert!(
            !found.is_empty() && found.iter().all(|address| address.ip().is_loopback() && address.port() == 8443),
            "{found:?}"
        );
        assert!(resolve(&url("https://nothing.invalid/"), true).await.unwrap_err().contains("nothing.invalid"));
    }
}
