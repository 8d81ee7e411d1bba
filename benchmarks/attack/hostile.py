"""What has broken other programs: for every parameter, path, method, header and body."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

Headers = tuple[tuple[bytes, bytes], ...]

TEXTS = (
    # nothing, and signs that end or hide things
    "", " ", "\0", "a\0b", "\r\nX-Injected: 1", "\n", "\t", "\x1b[2J", "\u202e", "\ufeff", "\ud800",
    # long, and longer than Python reads as a number
    "A" * 3_999, "A" * 4_001, "A" * 60_000, "가" * 2_000, "ﷺ" * 500, "a\u0300" * 1_000, "9" * 5_000,
    "," * 2_000, "[" * 2_000, "(" * 500 + "a+)+$",
    # paths
    "../" * 20 + "etc/passwd", "..\\..\\..\\windows", "/etc/passwd", "file:///etc/passwd",
    "//127.0.0.1/a", "C:\\", "con", ".env", ".git/config", "%2e%2e%2f", "..;/", "~", "data/sample",
    # other languages
    "' OR '1'='1", "1; DROP TABLE groups--", "\" UNION SELECT 1", "=1+1", "+1", "-1", "@SUM(A1)",
    "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
    "{{7*7}}", "{0.__class__}", "${jndi:ldap://127.0.0.1/a}", "%s%s%n", "%(a)s", "`id`", "$(id)",
    "|id", "__proto__", "constructor", "__class__", "javascript:alert(1)", "]]>", "&amp;", "%",
    "{", "}", "[]", "{}", "null", "None", "undefined", "true", "True", "on", "*", "?", "#", ";",
    # numbers that are none here, or that few expect
    "0", "-0", "+2013", " 2013", "2013 ", "2013.0", "2_013", "02013", "0x7dd", "1e3", "1e309",
    "-1e309", "1e-400", "NaN", "nan", "inf", "-inf", "Infinity", "9" * 30, "-" + "9" * 30,
    "9223372036854775808", "2147483648", "٢٠١٣", "२०१३", "２０１３", "²", "Ⅷ", "½", "c٣", "c１",
    "c-1", "c99999", "c0", "1,2,3", "37.55,126.99,10.5", "٣٧.٥,١٢٦.٩,١٠", "1e9,1e9,1e9", "37.5,127",
    # what the atlas has, in a place or a form where it does not belong
    "2013", "1900", "district", "Density", "DENSITY", "density ", "성산동", "독산3동", "seongsan",
    "11545", "11440125", "1154563000", "씨앗", "¾¾¾Ñ", "50+", "50 ", "İ", "ß", "ſ", "👩‍👩‍👧",
    "가나다", "12년 씨앗선정", "members", "parts", "gpkg", "pptx",
)  # fmt: skip
"""As characters; `quoted` makes them fit for an address."""
RAW = (
    b"%", b"%zz", b"%u0041", b"%00", b"%ff%fe", b"%ed%a0%80", b"%c0%ae%c0%ae", b"%252e%252e%252f",
    b"%2f", b"%5c", b"\x01", b"\x00", b"\xff\xfe", b"\xea\xb0\x80", b"<>\"{}|\\^`", b"a b", b"+",
    b"&&&", b"=", b"==", b";a=1", b"[0]", b"[]", b"%0d%0aSet-Cookie:%20a=b", b"%f0%9f", b"%4",
)  # fmt: skip
"""As bytes of an address, not all of which an address may have."""
PATHS = (
    b"/.env", b"/.git/config", b"//", b"///etc/passwd", b"/.", b"/..", b"/../app.py", b"*", b"/%",
    b"/%2e%2e/%2e%2e/etc/passwd", b"/assets/..%2f..%2fapp.py", b"/assets/%2e%2e/%2e%2e/app.py",
    b"/assets//etc/passwd", b"/assets/%00", b"/_dash-component-suites/os/path.py",
    b"/_dash-component-suites/dash/../../app.py", b"/_dash-component-suites/%00/a.js",
    b"/_dash-component-suites/dash/", b"/_dash-component-suites/dashboard/server.py",
    b"/static-offline-docs/..%2f..%2f..%2fapp.py", b"/vendor/..%2fapp.py", b"/geometry/x/y.geojson",
    b"http://127.0.0.1:1/", b"/api/v1", b"/api/v1/", b"/api/v2/density", b"/api/v1/density/",
    b"/API/V1/DENSITY", b"/api%2fv1%2fdensity", b"/api/v1/density%00", b"/healthz/", b"/admin",
    b"/index.html", b"/wp-login.php", b"/robots.txt", b"/_dash-layout/x", b"/_dash-", b"/embed/",
    b"/docs/../openapi.json", b"/;a=b", b"/\xff", b"/\x00", b"/?" + b"a=b&" * 2_000,
    b"/" + b"a/" * 2_000,
)  # fmt: skip
METHODS = (
    "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "get", "G" * 200, "é",
)  # fmt: skip
_VALUES = {
    "Accept-Encoding": ("br;q=nan, gzip;q=9", "identity;q=0, *;q=0", "gzip" * 900, "가", ""),
    "Accept": ("application/xml", "*/*;q=1e309", "\udcff", "a/b" * 900),
    "Accept-Language": ("ko" * 900, "../..", "xx"),
    "Range": ("bytes=0-0", "bytes=9-1", "bytes=-1", "bytes=", "bytes=" + "0-0," * 900, "items=1"),
    "If-Range": ("x", "Wed, 21 Oct 2015 07:28:00 GMT"),
    "If-None-Match": ("*", '"x"', 'W/"' + "x" * 900, "가"),
    "If-Modified-Since": ("x", "Wed, 99 Oct 99999 07:28:00 GMT", "٢٠١٣", "9" * 400),
    "Host": ("", "a b", "127.0.0.1:99999999", "elsewhere.example", "[::1", "가.kr", "x" * 900),
    "Origin": ("null", "https://elsewhere.example", "", "가"),
    "Referer": ("https://elsewhere.example/" + "a" * 900, "\t", "http://[::1"),
    "Sec-Fetch-Site": ("cross-site", "x"),
    "Cookie": ("a=" + "b" * 9_000, "=;=;=", "a=\udcff", "token=x; token=y", ";" * 900),
    "Authorization": ("Bearer x", "Basic ====", "Bearer " + "x" * 9_000, "\udcff"),
    "Content-Type": ("x", "application/json; charset=nope", "multipart/form-data", "\udcff"),
    "Content-Length": ("-1", "abc", "0x0", "9" * 30, "0, 0"),
    "Transfer-Encoding": ("x", "chunked, chunked", "identity"),
    "Content-Encoding": ("gzip", "x"),
    "Connection": ("close", "upgrade", "x" * 900),
    "Upgrade": ("h2c", "websocket", "x"),
    "Expect": ("x",),
    "X-Forwarded-For": ("127.0.0.1", "\udcff", "1," * 900),
    "X-Forwarded-Host": ("elsewhere.example",),
    "X-Forwarded-Proto": ("javascript",),
    "X-HTTP-Method-Override": ("DELETE",),
    "User-Agent": ("", "x" * 9_000, "\udcff", "=1+1", "${jndi:ldap://127.0.0.1/a}"),
    "X" * 900: ("x",),
    "a b": ("x",),
}
HEADERS: tuple[Headers, ...] = (
    *(
        ((name.encode(), value.encode("utf-8", "surrogateescape")),)
        for name, values in _VALUES.items()
        for value in values
    ),
    tuple((b"X-%d" % n, b"x") for n in range(200)),
)
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, float("nan"), float("-inf"), 2**63, "", "x", [], {}, [[]],
    [{}], {"id": 1}, {"": ""}, "..", "....", ".", "a.b", "..a.b..", "..a.b...c.d..", "\ud800", "\0",
    "table.children", "frames.data", "os.system", "__class__", "A" * 50_000, [0] * 2_000,
    {"a": {"b": {}}}, {"query": None, "opened": 1}, {"query": "year=2013"}, "9" * 5_000,
    {"query": [], "opened": {}},
)  # fmt: skip
"""In place of anything in a body."""
LARGE = b"A" * 4_000_000
"""More than any request needs."""
BODIES = (
    b"", b"null", b"[]", b"{}", b"1", b'"x"', b"true", b"NaN", b"-", b"{", b"[", b'{"a":',
    b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 50_000, b'{"a":' * 20_000, b"[" * 900 + b"]" * 900,
    b"1" * 6_000, b"1e999", b'{"output":1e999}', b'{"output":"a.b","output":"c.d"}', b"a=b&c=d",
    b"<a/>", b"--x\r\n\r\n--x--", b'{"output": "' + LARGE + b'"}', LARGE,
)  # fmt: skip
TYPES = (
    b"application/json", b"application/json; charset=utf-16", b"text/plain", b"application/toml",
    b"", b"multipart/form-data; boundary=x", b"application/x-www-form-urlencoded", b"x",
    b"text/html; json",
)  # fmt: skip
TOMLS = (
    b"", b"format = 1", b"format = 1e309", b"a = [" + b"[" * 5_000, b"a." * 5_000 + b"b = 1",
    b"format = " + b"9" * 5_000, b"[[scene]]\n" * 5_000, b'snapshot = "\x00"', b"= 1", b"[",
    b"\xff", b"format = 9999-99-99", b"title = '''" + b"a" * 300_000, b"format = 1\nformat = 1",
    b"[a]\n[a]", b"title = '\xed\xa0\x80'", LARGE,
)  # fmt: skip


def quoted(text: str) -> bytes:
    """Percent-encoded, the halves of surrogate pairs too."""
    return quote(text, safe="", errors="surrogatepass").encode()
