"""Which board a URL or a page belongs to."""

import pytest

from services.parser.ats.registry import recognise

GUID = "0f0f0f0f-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://boards.greenhouse.io/embed/job_board?b=x&for=northwind", "greenhouse/northwind"),
        ("https://job-boards.eu.greenhouse.io/northwind/jobs/12345", "greenhouse/northwind"),
        ("https://boards-api.greenhouse.io/v1/boards/northwind/jobs?content=true", "greenhouse/northwind"),
        ("https://jobs.lever.co/acme/6f7f0d0e-0000-4000-8000-000000000001/apply", "lever/acme"),
        ("https://api.eu.lever.co/v0/postings/acme?mode=json", "lever/acme"),
        ("https://jobs.ashbyhq.com/Globex%20Inc/0a0a0a0a-0000-4000-8000-000000000001", "ashby/Globex Inc"),
        ("https://northwind.wd3.myworkdayjobs.com/en-US/Careers/job/Graz/Engineer_R-1", "workday/northwind/Careers"),
        ("https://northwind.wd103.myworkdayjobs.com/wday/cxs/northwind/Careers/jobs", "workday/northwind/Careers"),
        ("https://wd1.myworkdaysite.com/en-US/recruiting/nw/External", "workday/nw/External"),
        ("https://northwind.wd3.myworkdayjobs.com/", None),
        ("https://careers.smartrecruiters.com/Northwind1/careers-page", "smartrecruiters/Northwind1"),
        ("https://api.smartrecruiters.com/v1/companies/Northwind1/postings/744", "smartrecruiters/Northwind1"),
        (
            "https://ebwh.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1002/job/210",
            "oracle/ebwh/CX_1002",
        ),
        (
            "https://fa-x-saasfaprod1.fa.ocs.oraclecloud.com/hcmUI/CandidateExperience/sites/rsc",
            "oracle/fa-x-saasfaprod1/rsc",
        ),
        (f"https://recruiting2.ultipro.com/NOR1000NWW/JobBoard/{GUID}/?q=", f"ukg/NOR1000NWW/{GUID}"),
        (
            f"https://nw.rec.pro.ukg.net/NOR1000NWW/JobBoard/{GUID}/OpportunityDetail?opportunityId=1",
            f"ukg/NOR1000NWW/{GUID}",
        ),
        ("https://careers-northwind.icims.com/jobs/4101/plant-engineer/job", "icims/careers-northwind"),
        ("https://apply.workable.com/northwind/j/AB12CD34EF/", "workable/northwind"),
        ("https://northwind.workable.com/", "workable/northwind"),
        ("https://apply.workable.com/j/AB12CD34EF", None),
        ("https://jobs.workable.com/view/abc", None),
        ("https://northwind.recruitee.com/o/plant-engineer", "recruitee/northwind"),
        ("https://northwind.jobs.personio.de/job/501?language=en", "personio/northwind"),
        ("https://northwind.bamboohr.com/careers/31", "bamboohr/northwind"),
        ("https://northwind.bamboohr.com/login.php", None),
        ("https://northwind.na.teamtailor.com/jobs", "teamtailor/northwind.na"),
        ("https://ats.rippling.com/en-GB/northwind/jobs/2f0674e6-0000-4000-8000-000000000001", "rippling/northwind"),
        ("https://jobs.gem.com/northwind/am9i1", "gem/northwind"),
        ("https://northwind.jobs.hr.cloud.sap/search/?q=", "successfactors/northwind.jobs.hr.cloud.sap"),
        ("https://northwind.breezy.hr/p/5f1a2b3c4d5e-plant-engineer", "breezy/northwind"),
        ("https://northwind.pinpointhq.com/en/postings/0aa1", "pinpoint/northwind"),
        ("https://join.com/companies/northwind/1201-plant-engineer", "join/northwind"),
        ("https://www.comeet.com/jobs/northwind/C6.001/plant-engineer/1A.B02", "comeet/northwind/C6.001"),
        ("https://northwind.eightfold.ai/careers?pid=1&domain=northwind.example", "eightfold/northwind"),
        ("https://northwind.applytojob.com/apply/Ab12Cd34Ef/Plant-Engineer", "jazzhr/northwind"),
        ("https://jobs.jobvite.com/careers/northwind/jobs", "jobvite/northwind"),
        ("https://northwind.gupy.io/jobs/7001?jobBoardSource=gupy_public_page", "gupy/northwind"),
        ("https://portal.gupy.io/job-search/term=engineer", None),
        ("https://northwind.softgarden.io/de/vacancies", "softgarden/northwind"),
        ("https://certificate.softgarden.io/seal.png", None),
        ("https://x.fa.ocs.oraclecloud8.com/hcmUI/CandidateExperience/en/sites/CX_1", "oracle/x/CX_1"),
        ("https://x.fa.ocs.oraclecloud.com.example/hcmUI/CandidateExperience/en/sites/CX_1", None),
        ("https://[/", None),
        ("https://northwind.example/careers", None),
        ("https://www.greenhouse.io/blog/northwind", None),
        ("https://www.teamtailor.com/en/product", None),
        ("https://help.breezy.hr/en/articles/1", None),
        ("https://career5.successfactors.eu/career?company=northwind", None),
        ("https://northwind.example/?next=https://jobs.lever.co/acme", None),
        ("https://notrecruitee.com/", None),
        ("https://northwind.recruitee.com.example/", None),
    ],
)
def test_a_url_is_recognised_as_its_board(url, key):
    board = recognise(url)
    assert (board.key if board else None) == key


@pytest.mark.parametrize(
    ("html", "key"),
    [
        (
            '<script src="https://boards.greenhouse.io/embed/job_board/js?for=northwind"></script>',
            "greenhouse/northwind",
        ),
        ('<iframe src="https://jobs.ashbyhq.com/Globex?embed=js"></iframe>', "ashby/Globex"),
        ('<a href="https://jobs.eu.lever.co/acme">Open roles</a>', "lever/acme"),
        ('<a href="//apply.workable.com/northwind/">Jobs</a>', "workable/northwind"),
        (r'<script>{"jobs":"https:\/\/northwind.recruitee.com\/"}</script>', "recruitee/northwind"),
        ('<a href="https://northwind.wd3.myworkdayjobs.com/Careers">Jobs</a>', "workday/northwind/Careers"),
        ('<script src="https://careers.recruiteecdn.com/app.js"></script>', "recruitee/northwind.example"),
        ('<link href="https://assets-aws.teamtailor-cdn.com/packs/a.css">', "teamtailor/northwind.example"),
        ('<script src="https://scripts.teamtailor-cdn.com/widget/production.js"></script>', None),
        ('<link href="https://rmkcdn.successfactors.com/1/a.css">', "successfactors/northwind.example"),
        (
            '<script src="https://cdn.phenompeople.com/CareerConnectResources/a.js"></script>',
            "phenom/northwind.example",
        ),
        ('<script src="https://assets-cdn.breezy.hr/breezy-portal/app.js"></script>', "breezy/northwind.example"),
        ('<img src="https://gallery-cdn.breezy.hr/northwind/logo.png">', None),
        ('<a href="https://www.breezy.hr/">Powered by Breezy</a>', None),
        ("<p>We use greenhouse software in our greenhouse.</p>", None),
    ],
)
def test_an_embedded_board_is_recognised_in_the_page(html, key):
    board = recognise("https://northwind.example/careers", html)
    assert (board.key if board else None) == key


def test_an_address_that_is_none_has_no_site_of_its_own():
    assert recognise("https://[/", '<script src="https://cdn.phenompeople.com/a.js"></script>') is None


def test_a_board_s_own_address_leads_to_the_same_board(corpus):
    lines = (corpus / "boards" / "truth.tsv").read_text(encoding="utf-8").splitlines()[1:]
    boards = [board for line in lines if (board := recognise(line.split("\t")[0]))]
    assert len(boards) > 2_000
    assert [board.key for board in boards if recognise(board.url) != board] == []


def test_board_urls_are_recognised_and_no_other_is_claimed(corpus):
    """The issue asks for 99% with no false claim; a token that holds a site too begins with the tenant's."""
    rows = [
        [*line.split("\t"), "", ""][:3]
        for line in (corpus / "boards" / "truth.tsv").read_text(encoding="utf-8").splitlines()[1:]
    ]
    false_claims, wrong = [], []
    for url, system, token in rows:
        board = recognise(url)
        ats, tenant = (board.ats, board.token.split("/")[0]) if board else ("", "")
        if ats not in ("", system):
            false_claims.append(url)
        elif ats != system or (token and tenant != token):
            wrong.append(url)
    assert false_claims == []
    assert len(rows) == 2_838
    assert len(wrong) <= 1  # A token whose capitals its address does not have.
