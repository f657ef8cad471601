"""A URL on its way through the crawler, taken apart once.

Each question to the parser's own object is a call into C that lets go of the interpreter: twenty of them were a sixth of the
CPU of a fetch. What the parser has written (`href`) is plain to read: its scheme, host and port hold no further `/`, `?` or `@`.
"""

from dataclasses import dataclass

import ada_url


@dataclass(frozen=True, slots=True)
class Target:
    """An http(s) URL without its fragment."""

    href: str
    origin: str
    protocol: str
    username: str
    password: str
    host: str
    hostname: str
    port: str
    pathname: str
    search: str

    @classmethod
    def of(cls, url: ada_url.URL) -> "Target":
        """Of a URL that was parsed."""
        href = str(url.href).partition("#")[0]
        scheme, _, rest = href.partition("//")
        authority, slash, path = rest.partition("/")
        credentials, _, host = authority.rpartition("@")
        username, _, password = credentials.partition(":")
        hostname, colon, port = host.rpartition(":")
        if not colon or port.endswith("]"):  # the colons of an IPv6 address are within brackets
            hostname, port = host, ""
        pathname, _, query = (slash + path).partition("?")
        return cls(
            href=href,
            origin=f"{scheme}//{host}",
            protocol=scheme,
            username=username,
            password=password,
            host=host,
            hostname=hostname,
            port=port,
            pathname=pathname,
            search=f"?{query}" if query else "",
        )


WebUrl = Target | ada_url.URL
"""What guard and robots.txt judge, in either form."""
