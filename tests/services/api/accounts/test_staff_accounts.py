"""Accounts of staff: invited, given roles, locked and begun anew by operators."""

from uuid import UUID

from account_holders import AUTH, OPERATOR, PASSWORD, bearer, join, sign_in, switched_on

from quiethire.domain.accounts import Role
from quiethire.domain.journal import pseudonym_of


async def test_operators_invite_staff_list_it_give_roles_and_lock(api, outbox):
    operator = {"Authorization": f"Bearer {OPERATOR}"}
    path = "/api/v1/accounts"
    made = await api.post(path, json={"email": "grace@north.example", "role": "recruiter"}, headers=operator)
    assert made.status_code == 201
    account, link = made.json()["account"], made.json()["link"]
    assert link.startswith("http://gateway/account/reset?link=ql_")
    assert outbox.sent == []
    await sign_in(api, "grace@north.example", status=401)
    body = {"link": link.partition("link=")[2], "password": PASSWORD}
    assert (await api.post(f"{AUTH}/password/reset", json=body)).status_code == 204
    tokens = await sign_in(api, "grace@north.example")
    assert (await api.get("/api/v1/alerts", headers=bearer(tokens))).status_code == 403
    await switched_on(api, tokens)
    assert (await api.get("/api/v1/alerts", headers=bearer(tokens))).status_code == 200
    assert (await api.get(path, headers=bearer(tokens))).status_code == 403

    await join(api, outbox)
    listed = (await api.get(path, headers=operator)).json()["accounts"]
    assert [(one["email"], one["account"]["role"]) for one in listed] == [("grace@north.example", "recruiter")]

    changed = await api.patch(f"{path}/{account['id']}", json={"role": "company"}, headers=operator)
    assert changed.json()["role"] == Role.COMPANY
    assert (await api.get("/api/v1/alerts", headers=bearer(tokens))).status_code == 403
    locked = await api.patch(f"{path}/{account['id']}", json={"locked": True}, headers=operator)
    assert locked.json()["locked_at"]
    assert (await api.get(f"{AUTH}/me", headers=bearer(tokens))).status_code == 401
    await sign_in(api, "grace@north.example", status=401)
    await api.patch(f"{path}/{account['id']}", json={"locked": False}, headers=operator)
    await sign_in(api, "grace@north.example")

    again = await api.post(path, json={"email": "GRACE@north.example", "role": "admin"}, headers=operator)
    candidate = await api.post(path, json={"email": "new@north.example", "role": "candidate"}, headers=operator)
    nobody = await api.patch(f"{path}/{UUID(int=1)}", json={"locked": True}, headers=operator)
    assert [again.status_code, candidate.status_code, nobody.status_code] == [400, 400, 404]


async def test_staff_that_lost_app_and_codes_begins_anew_by_an_operators_link(api, whole):
    operator, path = {"Authorization": f"Bearer {OPERATOR}"}, "/api/v1/accounts"
    grace = "grace@north.example"

    async def chosen(link: str, password: str) -> dict:
        body = {"link": link.partition("link=")[2], "password": password}
        assert (await api.post(f"{AUTH}/password/reset", json=body)).status_code == 204
        return await sign_in(api, grace, password)

    made = (await api.post(path, json={"email": grace, "role": "admin"}, headers=operator)).json()
    before = await chosen(made["link"], PASSWORD)
    await switched_on(api, before)
    answer = await api.post(f"{path}/{made['account']['id']}/reset", headers=operator)
    assert (answer.status_code, answer.json()["account"]["second_factor"]) == (200, False)
    assert (await api.get(f"{AUTH}/me", headers=bearer(before))).status_code == 401
    await sign_in(api, grace, status=401)
    tokens = await chosen(answer.json()["link"], "another horse battery")
    assert (await api.get(path, headers=bearer(tokens))).status_code == 403
    await switched_on(api, tokens, "another horse battery")
    assert (await api.get(path, headers=bearer(tokens))).status_code == 200
    who = pseudonym_of(UUID(made["account"]["id"]))
    assert ("operator", "second-factor-off", who) in [(one.who, one.deed, one.whom) for one in whole.journal.kept]


async def test_candidates_do_not_become_staff_nor_are_they_reset_by_operators(api, whole, outbox):
    operator, path = {"Authorization": f"Bearer {OPERATOR}"}, "/api/v1/accounts"
    me = (await api.get(f"{AUTH}/me", headers=bearer(await join(api, outbox)))).json()["id"]
    staff = (await api.post(path, json={"email": "g@north.example", "role": "admin"}, headers=operator)).json()
    for answer in (
        await api.patch(f"{path}/{me}", json={"role": "recruiter"}, headers=operator),
        await api.patch(f"{path}/{staff['account']['id']}", json={"role": "candidate"}, headers=operator),
        await api.post(f"{path}/{me}/reset", headers=operator),
    ):
        assert answer.status_code == 400
    assert (await whole.accounts.get(UUID(me))).role is Role.CANDIDATE
    await sign_in(api)
    assert (await api.post(f"{path}/{UUID(int=1)}/reset", headers=operator)).status_code == 404
