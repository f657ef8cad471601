"""The pages of the second factor: begin it with a QR code, confirm it, show a code, switch it off."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from quiethire.domain.acting import act_for
from quiethire.domain.errors import Gone, InvalidInput
from services.api.accounts.accounts import Accounts, AccountsDep
from services.api.accounts.second_factor import picture_of, uri_of
from services.api.gate.access import Unauthorized
from services.api.gate.forms import told
from services.api.pages.visited import onward, visited_page
from services.api.people.visits import FormDep, SignInFirst, VisitDep
from services.api.routes.account_pages import SIGN_IN, Field, Own, OwnDep, Page, typed_password

router = APIRouter(prefix="/account", include_in_schema=False, default_response_class=HTMLResponse)

CODE = Page(
    "/account/code",
    "Your second factor",
    "The code that your app shows, or one of those that you kept for when it is lost.",
    "Go on",
    (Field("code", "Code", complete="one-time-code", longest=20),),
)


@router.get("/code")
async def code_page(visit: VisitDep) -> Response:
    """Where a session that is half begun shows a code."""
    if visit.caller is None or not visit.caller.is_half:
        return onward("/account")
    return CODE.shown(visit)


@router.post("/code")
async def show_code(form: FormDep, visit: VisitDep, accounts: AccountsDep) -> Response:
    """Show the code; the session is whole then."""
    caller = visit.caller
    if caller is None or caller.account is None:
        raise SignInFirst(SIGN_IN.path)
    act_for(caller.account)
    try:
        await accounts.second.show(caller.account, form.text("code")[:20], caller.session, caller.who)
    except Unauthorized as error:
        return CODE.shown(visit, problem=str(error.detail))
    account = await accounts.clients.accounts.get(caller.account)
    return onward("/matches" if account is not None and account.role == "candidate" else "/account")


@router.get("/second-factor")
async def second_factor_page(own: OwnDep, accounts: AccountsDep) -> Response:
    """Whether there is one; one that was begun is shown until it is confirmed."""
    return await _page(own, accounts)


@router.post("/second-factor")
async def begin(form: FormDep, own: OwnDep, accounts: AccountsDep) -> Response:
    """Begin one."""
    try:
        await accounts.second.begin(own.account, typed_password(form, "password"), own.caller.who)
    except (InvalidInput, Unauthorized) as error:
        return await _page(own, accounts, problem=_words(error))
    return onward("/account/second-factor")


@router.post("/second-factor/confirm")
async def confirm(form: FormDep, own: OwnDep, accounts: AccountsDep) -> Response:
    """Confirm it; the codes for when the app is lost are shown this once."""
    try:
        codes = await accounts.second.confirm(own.account, form.text("code")[:20], own.caller.session, own.caller.who)
    except InvalidInput as error:
        return await _page(own, accounts, problem=told(error))
    return await _page(own, accounts, codes=codes)


@router.post("/second-factor/off")
async def switch_off(form: FormDep, own: OwnDep, accounts: AccountsDep) -> Response:
    """Switch it off."""
    try:
        await accounts.second.end(own.account, typed_password(form, "password"), form.text("code")[:20], own.caller.who)
    except Unauthorized as error:
        return await _page(own, accounts, problem=str(error.detail))
    return onward("/account/second-factor")


async def _page(own: Own, accounts: Accounts, *, problem: str = "", codes: tuple[str, ...] = ()) -> Response:
    known = await accounts.clients.accounts.credentials(own.account)
    if known is None:
        raise Gone("There is no such account any more.")
    second = known.second
    waiting = second is not None and not second.confirmed
    uri = uri_of(second, known.email) if second is not None and waiting else ""
    return visited_page(
        own.visit,
        "account_second_factor.html",
        400 if problem else 200,
        is_on=second is not None and second.confirmed,
        secret=second.secret if second is not None and waiting else "",
        uri=uri,
        # Made by segno of an address of ours alone.
        picture=Markup(picture_of(uri)) if uri else "",  # noqa: S704
        left=len(second.recovery) if second is not None else 0,
        problem=problem,
        codes=codes,
    )


def _words(error: InvalidInput | Unauthorized) -> str:
    return told(error) if isinstance(error, InvalidInput) else str(error.detail)
