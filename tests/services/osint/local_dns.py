"""A name server on loopback UDP that answers from a table, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[str, Sequence[str]]
"""Name (or `*.suffix`) → records as in a zone file, `A 1.1.1.1`, `AAAA 2606:4700::1`, `CNAME other.example.com.`;
`SERVFAIL`, `YXDOMAIN` and `SILENCE` instead of a record are failures. Names that are not there do not exist."""


@dataclass
class NameServer(asyncio.DatagramProtocol):
    """The server. `address` is what settings name it by."""

    records: Records
    follow: bool = True
    """Whether the target of an alias is answered too, as recursive servers do."""
    address: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    _transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)
        self.address = "{}:{}".format(*transport.get_extra_info("sockname")[:2])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        if (answer := self._answer(dns.message.from_wire(data))) is not None:
            self._transport.sendto(answer.to_wire(), addr)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        (question,) = query.question
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        for _ in range(20):
            records = self._of(name)
            if records is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif records[:1] == ["SILENCE"]:
                return None
            elif records[:1] in (["SERVFAIL"], ["YXDOMAIN"]):
                answer.set_rcode(dns.rcode.from_text(records[0]))
            found = [record.split(maxsplit=1) for record in records or () if " " in record]
            named = [record for record in found if record[0] in (kind, "CNAME")]
            for given, value in named:
                answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", given, value))
            if not self.follow or not named or named[0][0] != "CNAME":
                break
            name = named[0][1].rstrip(".").lower()
        return answer

    def _of(self, name: str) -> list[str] | None:
        labels = name.split(".")
        above = ("*." + ".".join(labels[cut:]) for cut in range(1, len(labels)))
        return next((list(self.records[entry]) for entry in (name, *above) if entry in self.records), None)


@asynccontextmanager
async def name_server(records: Records, *, follow: bool = True) -> AsyncIterator[NameServer]:
    """Serve the records on a free port of 127.0.0.1, in this loop."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: NameServer(records, follow), local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
