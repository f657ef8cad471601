"""The pages of accounts: join, sign in, choose a password, see and end one's sessions.

As on all pages of ours nothing happens on GET, and every form carries the token of its visit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import HTMLResponse
from starlette.background import BackgroundTask

from quiethire.domain.accounts import Account, Role
from quiethire.domain.acting import act_for
from quiethire.domain.errors import Gone, InvalidInput
from services.alerts.mail import email_address
from services.api.accounts.accounts import Accounts, AccountsDep
from services.api.accounts.passwords import LONGEST, SHORTEST
from services.api.accounts.providers import Provider, ProvidersDep
from services.api.accounts.sessions import Begun
from services.api.gate.access import AddressDep, Caller, Unauthorized
from services.api.gate.forms import Form, told
from services.api.pages.visited import onward, visited_page
from services.api.people.visits import FormDep, SignInFirst, Visit, VisitDep

router = APIRouter(prefix="/account", include_in_schema=False, default_response_class=HTMLResponse)

Link = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True)
class Field:
    """A field of a form."""

    name: str
    label: str
    kind: str = "text"
    complete: str = "off"
    hint: str = ""
    shortest: int = 0
    longest: int = 200
    required: bool = True


@dataclass(frozen=True)
class Page:
    """A page that is one form."""

    path: str
    heading: str
    lead: str
    button: str
    fields: Sequence[Field]
    others: Sequence[tuple[str, str]] = ()
    """Other ways from here: address and words."""

    def shown(
        self,
        visit: Visit,
        *,
        problem: str = "",
        link: str = "",
        typed: Form | None = None,
        ways: Sequence[Provider] = (),
    ) -> Response:
        """The form, with what was wrong with it. Passwords are typed anew. `ways`: by whom one can sign in, too."""
        values = {field.name: typed.text(field.name) for field in self.fields if typed and field.kind != "password"}
        status = 400 if problem else 200
        return visited_page(
            visit, "account_form.html", status, page=self, problem=problem, link=link, typed=values, ways=ways
        )


_EMAIL = Field("email", "E-mail", "email", "username", longest=254)
_PASSWORD = Field("password", "Password", "password", "current-password", longest=LONGEST)
_NEW = Field(
    "password", "New password", "password", "new-password", f"at least {SHORTEST} characters", SHORTEST, LONGEST
)

SIGN_IN = Page(
    "/account/sign-in",
    "Sign in",
    "With the address and the password of your account.",
    "Sign in",
    (_EMAIL, _PASSWORD),
    (
        ("/account/register", "Make an account"),
        ("/account/forgotten", "I forgot the password"),
        ("/matches", "I have a key"),
    ),
)
REGISTER = Page(
    "/account/register",
    "Make an account",
    "A mail brings a link that works once, for 30 minutes. Nothing is kept of your address before you opened it.",
    "Send the link",
    (_EMAIL,),
    (("/account/sign-in", "Sign in"),),
)
FORGOTTEN = Page(
    "/account/forgotten",
    "A new password",
    "A mail brings a link by which you choose one.",
    "Send the link",
    (_EMAIL,),
    (("/account/sign-in", "Sign in"),),
)
JOIN = Page(
    "/account/join",
    "Choose a password",
    "With a key of yours the account takes over what is kept of you; the key stays good.",
    "Make the account",
    (
        Field("name", "Name", complete="name", hint="never scored", required=False),
        Field("key", "Key, if you have one", "password", hint="begins with qh_", required=False),
        _NEW,
    ),
)
RESET = Page(
    "/account/reset", "Choose a new password", "All your sessions end with the old one.", "Keep this password", (_NEW,)
)


@router.get("")
async def account_page(visit: VisitDep, accounts: AccountsDep) -> Response:
    """The account of whoever has a session of one: its sessions, and its password."""
    own = await _own(visit)
    return await _account(own.visit, own.caller, accounts)


@router.get("/sign-in")
async def sign_in_page(visit: VisitDep, providers: ProvidersDep) -> Response:
    """Where a session begins."""
    return SIGN_IN.shown(visit, ways=tuple(providers.values()))


@router.post("/sign-in")
async def sign_in(
    form: FormDep, visit: VisitDep, address: AddressDep, accounts: AccountsDep, providers: ProvidersDep
) -> Response:
    """Begin a session, in this browser."""
    try:
        account, begun = await accounts.sign_in(
            _email(form), typed_password(form, "password"), address, is_browser=True
        )
    except (InvalidInput, Unauthorized) as error:
        return SIGN_IN.shown(visit, problem=_words(error), typed=form, ways=tuple(providers.values()))
    return _led_on(visit, account, begun)


@router.get("/register")
async def register_page(visit: VisitDep) -> Response:
    """Where an account begins."""
    return REGISTER.shown(visit)


@router.post("/register")
async def register(form: FormDep, visit: VisitDep, address: AddressDep, accounts: AccountsDep) -> Response:
    """Mail the link; the page is the same for every address."""
    return await _mailed(REGISTER, form, visit, address, accounts)


@router.get("/forgotten")
async def forgotten_page(visit: VisitDep) -> Response:
    """Where somebody asks for a new password."""
    return FORGOTTEN.shown(visit)


@router.post("/forgotten")
async def ask_password(form: FormDep, visit: VisitDep, address: AddressDep, accounts: AccountsDep) -> Response:
    """Mail the link; the page is the same for every address."""
    return await _mailed(FORGOTTEN, form, visit, address, accounts)


@router.get("/join")
async def join_page(visit: VisitDep, link: Link = "") -> Response:
    """Where the link of the mail leads. Only the form uses it up."""
    return JOIN.shown(visit, link=link)


@router.post("/join")
async def join(form: FormDep, visit: VisitDep, accounts: AccountsDep) -> Response:
    """Open the account, and begin a session."""
    try:
        password = _new_password(form)
        account = await accounts.join(_link(form), password, form.text("name"), form.text("key"))
    except InvalidInput as error:
        return JOIN.shown(visit, problem=told(error), link=_link(form), typed=form)
    return await _begun(accounts, visit, account)


@router.get("/reset")
async def reset_page(visit: VisitDep, link: Link = "") -> Response:
    """Where the link of the mail leads."""
    return RESET.shown(visit, link=link)


@router.post("/reset")
async def reset(form: FormDep, visit: VisitDep, accounts: AccountsDep) -> Response:
    """Keep the new password, and begin a session."""
    try:
        account = await accounts.reset(_link(form), _new_password(form))
    except InvalidInput as error:
        return RESET.shown(visit, problem=told(error), link=_link(form))
    return await _begun(accounts, visit, account)


@dataclass(frozen=True)
class Own:
    """A visit with a session of an account."""

    visit: Visit
    caller: Caller
    account: UUID


async def _own(visit: VisitDep) -> Own:
    if visit.caller is None or visit.caller.account is None:
        raise SignInFirst(SIGN_IN.path)
    if visit.caller.is_half:
        raise SignInFirst("/account/code")
    act_for(visit.caller.account)
    return Own(visit, visit.caller, visit.caller.account)


OwnDep = Annotated[Own, Depends(_own)]


@router.post("/password")
async def change_password(form: FormDep, own: OwnDep, accounts: AccountsDep) -> Response:
    """Keep another password; every other session ends."""
    try:
        new = _new_password(form)
        await accounts.change_password(
            own.account, typed_password(form, "old"), new, own.caller.session, own.caller.who
        )
    except (InvalidInput, Unauthorized) as error:
        return await _account(own.visit, own.caller, accounts, problem=_words(error))
    return await _account(own.visit, own.caller, accounts, saved="The password is another one now.")


@router.post("/sessions/end")
async def end_session(form: FormDep, own: OwnDep, accounts: AccountsDep) -> Response:
    """End one session, or all others."""
    chosen = form.text("session")
    if chosen == "others":
        await accounts.end(own.account, but=own.caller.session)
        return onward("/account")
    try:
        await accounts.end(own.account, only=UUID(chosen))
    except ValueError as error:
        raise InvalidInput("is no session", where="session", hint="load the page anew") from error
    return onward("/account")


@router.post("/sign-out")
async def sign_out(_: FormDep, own: OwnDep, accounts: AccountsDep) -> Response:
    """End this session."""
    await accounts.end(own.account, only=own.caller.session)
    left = onward(SIGN_IN.path)
    own.visit.forgotten(left)
    return left


async def _account(visit: Visit, caller: Caller, accounts: Accounts, *, problem: str = "", saved: str = "") -> Response:
    store, who = accounts.clients.accounts, caller.account or UUID(int=0)
    account, known = await store.get(who), await store.credentials(who)
    if account is None or known is None:
        raise Gone("There is no such account any more.")
    return visited_page(
        visit,
        "account.html",
        400 if problem else 200,
        account=account,
        email=known.email,
        sessions=await store.sessions(who, datetime.now(UTC)),
        this=caller.session,
        problem=problem,
        saved=saved,
        shortest=SHORTEST,
        longest=LONGEST,
        now=datetime.now(UTC),
    )


async def _begun(accounts: Accounts, visit: Visit, account: Account) -> Response:
    return _led_on(visit, account, await accounts.sessions.begin(account, is_browser=True))


def _led_on(visit: Visit, account: Account, begun: Begun) -> Response:
    there = onward(_home(account))
    Visit(begun.secret, visit.secure).kept(there)
    return there


async def begun_page(accounts: Accounts, visit: Visit, account: Account) -> Response:
    """A session, for who comes from another site: browsers send its cookie only on ways that begin here, so a page leads on."""
    begun = await accounts.sessions.begin(account, is_browser=True)
    page = visited_page(Visit(begun.secret, visit.secure), "account_begun.html", onto=_home(account))
    page.headers["Refresh"] = f"0; url={_home(account)}"
    return page


def _home(account: Account) -> str:
    if account.second_factor:
        return "/account/code"
    return "/matches" if account.role is Role.CANDIDATE else "/account"


async def _mailed(page: Page, form: Form, visit: Visit, address: str, accounts: Accounts) -> Response:
    try:
        email = _email(form)
    except InvalidInput as error:
        return page.shown(visit, problem=told(error), typed=form)
    await accounts.let_mail(email, address)
    sent = visited_page(visit, "account_sent.html", heading=page.heading)
    sent.background = BackgroundTask(accounts.mail_join if page is REGISTER else accounts.mail_password, email)
    return sent


def _email(form: Form) -> str:
    return email_address(form.text("email"))


def _link(form: Form) -> str:
    return form.text("link")[:100]


def _new_password(form: Form) -> str:
    password = typed_password(form, "password")
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidInput(
            f"a password has to have {SHORTEST} to {LONGEST} characters", where="password", hint="a few words do"
        )
    return password


def _words(error: InvalidInput | Unauthorized) -> str:
    return told(error) if isinstance(error, InvalidInput) else str(error.detail)


def typed_password(form: Form, name: str) -> str:
    """A password as it was typed, with the spaces around it."""
    return next(iter(form.texts(name)), "")[: LONGEST + 1]
