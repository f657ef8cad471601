"""Every method of discovery, named once."""

from quiethire.domain.errors import InvalidInput
from services.osint.discovery import Method
from services.osint.methods.ats import AtsDetection
from services.osint.methods.career_pages import CareerPages
from services.osint.methods.certificates import Certificates
from services.osint.methods.dorks import Dorks
from services.osint.methods.github import GitHub
from services.osint.methods.harvester import Harvester
from services.osint.methods.subdomains import Subdomains

METHODS: tuple[Method, ...] = (
    CareerPages(),
    Subdomains(),
    Certificates(),
    Harvester(),
    AtsDetection(),
    GitHub(),
    Dorks(),
)


def method(name: str) -> Method:
    """The method of this name. Raises InvalidInput (`unknown_method`) where there is none."""
    for candidate in METHODS:
        if candidate.name == name:
            return candidate
    names = ", ".join(candidate.name for candidate in METHODS)
    raise InvalidInput("no such method", where=name, hint=f"known are {names}", kind="unknown_method")
