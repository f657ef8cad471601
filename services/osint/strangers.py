"""Hosts whose pages belong to no one company: what hosts code and pages for everybody, and job sites of many employers."""

from quiethire.domain.errors import InvalidInput
from quiethire.domain.urls import host_of

_HOSTERS = (
    "github.com", "github.io", "githubusercontent.com", "gitlab.com", "gitlab.io", "bitbucket.org", "codeberg.org", "sourceforge.net",
    "readthedocs.io", "readthedocs.org", "docs.rs", "crates.io", "pypi.org", "npmjs.com", "pkg.go.dev", "nuget.org", "packagist.org",
    "rubygems.org", "hub.docker.com", "shields.io", "badge.fury.io", "codecov.io", "coveralls.io", "travis-ci.org", "travis-ci.com",
    "circleci.com", "star-history.com", "contrib.rocks", "opencollective.com", "patreon.com", "ko-fi.com", "buymeacoffee.com",
    "vercel.app", "netlify.app", "herokuapp.com", "pages.dev", "web.app", "firebaseapp.com", "onrender.com", "fly.dev", "surge.sh",
    "streamlit.app", "gitbook.io", "notion.site", "notion.so", "wordpress.com", "blogspot.com", "medium.com", "substack.com",
    "dev.to", "hashnode.dev", "stackoverflow.com", "stackexchange.com", "reddit.com", "quora.com", "news.ycombinator.com",
    "youtube.com", "youtu.be", "vimeo.com", "twitch.tv", "twitter.com", "x.com", "facebook.com", "instagram.com", "tiktok.com",
    "pinterest.com", "t.me", "telegram.me", "discord.gg", "discord.com", "slack.com", "whatsapp.com", "wa.me", "mastodon.social",
    "bsky.app", "google.com", "goo.gl", "bit.ly", "apple.com", "chromewebstore.google.com", "wikipedia.org", "wikimedia.org",
    "archive.org", "w3.org", "ietf.org", "mozilla.org", "creativecommons.org", "opensource.org", "apache.org", "gnu.org",
    "choosealicense.com", "semver.org", "keepachangelog.com", "arxiv.org", "doi.org", "huggingface.co", "kaggle.com", "typeform.com",
    "docs.google.com", "forms.gle", "calendly.com", "airtable.com", "trello.com",
)  # fmt: skip

_JOB_SITES = (
    "linkedin.com", "xing.com", "glassdoor.com", "kununu.com", "monster.com", "ziprecruiter.com", "simplyhired.com", "careerbuilder.com",
    "dice.com", "builtin.com", "themuse.com", "wellfound.com", "angel.co", "workatastartup.com", "ycombinator.com", "otta.com",
    "welcometothejungle.com", "levels.fyi", "hired.com", "flexjobs.com", "remoteok.com", "remoteok.io", "weworkremotely.com",
    "remotive.com", "remotive.io", "remote.co", "himalayas.app", "jobgether.com", "workingnomads.com", "nodesk.co", "justremote.co",
    "jooble.org", "adzuna.com", "talent.com", "careerjet.com", "jobrapido.com", "neuvoo.com", "trovit.com", "jobisjob.com", "recruit.net",
    "learn4good.com", "lensa.com", "jora.com", "jobleads.com", "whatjobs.com", "theladders.com", "snagajob.com", "job.com", "jobcase.com",
    "upwork.com", "fiverr.com", "freelancer.com", "toptal.com", "reed.co.uk", "totaljobs.com", "cwjobs.co.uk", "jobsite.co.uk",
    "stepstone.com", "arbeitsagentur.de", "stellenanzeigen.de", "meinestadt.de", "jobware.de", "absolventa.de", "get-in-it.de", "karriere.at",
    "jobs.ch", "jobup.ch", "apec.fr", "hellowork.com", "cadremploi.fr", "meteojob.com", "regionsjob.com", "infojobs.net", "tecnoempleo.com",
    "infojobs.it", "nationalevacaturebank.nl", "intermediair.nl", "jobbird.com", "jobindex.dk", "finn.no", "arbetsformedlingen.se",
    "duunitori.fi", "pracuj.pl", "nofluffjobs.com", "justjoin.it", "jobs.cz", "profesia.sk", "kariyer.net", "hh.ru", "naukri.com",
    "foundit.in", "timesjobs.com", "shine.com", "seek.com.au", "seek.co.nz", "jobstreet.com", "bayt.com", "catho.com.br", "vagas.com.br",
    "computrabajo.com", "occ.com.mx", "efinancialcareers.com", "jobteaser.com", "handshake.com", "joinhandshake.com", "idealist.org",
    "higheredjobs.com", "academicpositions.com", "jobs.ac.uk", "euraxess.ec.europa.eu", "governmentjobs.com", "usajobs.gov", "resume.com",
    "zety.com", "novoresume.com", "resume.io", "interviewbit.com", "leetcode.com", "geeksforgeeks.org", "ambitionbox.com", "comparably.com",
    "salary.com", "payscale.com", "crunchbase.com", "g2.com", "producthunt.com",
)  # fmt: skip

_OF_EACH_COUNTRY = (
    "indeed",
    "glassdoor",
    "monster",
    "stepstone",
    "jooble",
    "adzuna",
    "careerjet",
    "jobrapido",
    "linkedin",
    "google",
)
"""Names that these sites bear under many countries' domains: indeed.de, glassdoor.co.uk."""
_STRANGERS = frozenset((*_HOSTERS, *_JOB_SITES))


def is_strangers(host: str) -> bool:
    """Whether a host belongs to no one company. So do addresses and names without a dot, as far as we can tell."""
    labels = host.split(".")
    above = (".".join(labels[cut:]) for cut in range(len(labels)))
    if len(labels) < 2 or labels[-1].isdigit() or host.startswith("["):
        return True
    return any(name in _STRANGERS for name in above) or any(label in _OF_EACH_COUNTRY for label in labels[-3:-1])


def host_if_a_companys(url: str) -> str | None:
    """The host of a URL where it may be a company's own; None for hosts of others and for what is no web URL."""
    try:
        host = host_of(url.strip())
    except InvalidInput:
        return None
    return None if is_strangers(host) else host
