"""Technologies named in a text: a compact list, matched as whole words, under the name that the field uses."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from quiethire.domain.words import lowered, tree_of

MAX_SKILLS = 60
_MAX_MENTIONS = 2_000
"""Mentions that are looked at: more are no posting's."""

_LIST = (
    "Python=python3|Java|JavaScript=js,ecmascript,java script|TypeScript|C++=cpp,c++11,c++14,c++17,c++20,c++23|C#=csharp,c sharp|Go=golang,go lang|R|C|Objective-C=objective c|Rust|Kotlin|Swift|Scala|Ruby|PHP|Perl|"
    "Haskell|Elixir|Erlang|Clojure|MATLAB|Fortran|COBOL|Solidity|Bash|PowerShell|SQL|NoSQL|GraphQL|HTML=html5|CSS=css3|Sass|"
    "React=react.js,reactjs|React Native|Angular=angularjs|Vue.js=vue,vuejs|Svelte|Next.js=nextjs|Nuxt=nuxt.js|Node.js=nodejs,node,node js|"
    "Express.js=expressjs|NestJS|Django|Flask|FastAPI|Ruby on Rails=rails|Spring Boot|Spring Framework|Laravel|Symfony|"
    ".NET=dotnet,.net core,asp.net,asp.net core|jQuery|Redux|Tailwind CSS=tailwind|Flutter|Android|iOS|SwiftUI|Jetpack Compose|Electron|WebAssembly=wasm|"
    "PostgreSQL=postgres|MySQL|MariaDB|MongoDB|Redis|Cassandra|DynamoDB|Elasticsearch=elastic search|OpenSearch|ClickHouse|Snowflake|"
    "BigQuery|Redshift|Databricks|SQL Server=mssql|SQLite|Neo4j|Oracle Database|Kafka=apache kafka|RabbitMQ|Apache Spark=spark,pyspark|"
    "Hadoop|Airflow=apache airflow|dbt|Flink=apache flink|Temporal.io|Looker|Tableau|Power BI=powerbi|Metabase|Excel|"
    "AWS=amazon web services|Azure=microsoft azure|GCP=google cloud,google cloud platform|Docker|Kubernetes=k8s|Helm|Terraform|Ansible|"
    "Pulumi|Jenkins|GitHub Actions|GitLab CI=gitlab ci/cd|CI/CD=ci / cd,ci-cd,cicd,ci and cd|ArgoCD=argo cd|Prometheus|Grafana|Datadog|Splunk|OpenTelemetry|"
    "Linux|Git|Nginx|gRPC|REST API=rest apis,restful api,restful apis|Microservices|Serverless|Machine Learning|Deep Learning|NLP|"
    "LLM=llms,large language models|PyTorch|TensorFlow|scikit-learn|Keras|pandas|NumPy|Hugging Face|LangChain|RAG|MLOps|Computer Vision|"
    "OpenCV|CUDA|ROS=ros2,ros 2|Figma|Sketch App|Adobe Photoshop=photoshop|Illustrator|InDesign|Jira|Confluence|Salesforce|HubSpot|"
    "SAP|ServiceNow|Workday HCM|NetSuite|Zendesk|Marketo|Google Analytics|SEO|SolidWorks|AutoCAD|CATIA|Siemens NX|ANSYS|LabVIEW|"
    "VHDL|Verilog|FPGA|PLC|Embedded C|RTOS|SCADA|GD&T|Selenium|Cypress|Playwright|Jest|Pytest|JUnit|Scrum|Kanban|ISO 27001|SOC 2|GDPR|"
    "Unity3D=unity 3d|Unreal Engine|Blender|Apex|Shopify|WordPress|Drupal|Magento|OAuth|Kubeflow|MLflow|Dagster|Trino|Apache Iceberg=iceberg"
)


_PLAIN = (
    "spark excel swift rust flask node helm express apex react electron angular scala jest blender cypress illustrator "
    "confluence iceberg snowflake"
)
_PLAIN_WORDS = frozenset(_PLAIN.split())
"""Spellings that are words too: taken only with a capital letter."""
_CAPITALS = frozenset({"rag", "ros", "sap", "plc"})
"""Spellings that are words, or parts of names, unless they stand in capitals."""
_IN_CONTEXT = frozenset({"go", "r", "c"})
"""Names of languages that are something else more often: taken only where the words around them say so."""

_ADDRESS = re.compile(r"//|^/|^www\.|@|\.(?!js\b|net\b)[a-z]{2,}/", re.IGNORECASE)
"""What a slash before a name belongs to where it does not separate two names."""
_SENTENCE = re.compile(r"(?:^|[.!?:\n•]\s*|\n-\s)$")
_AS_VERB = re.compile(r"\s(?:in|at|as|to|your|our|the|an?|this|under|by|quickly)\b")

_JOINED = r"\s?(?:[,;/|&]|(?<=\s)\+|\n-|\band\b|\bor\b|\bund\b|\boder\b|\bet\b|\bou\b|\by\b|\bo\b|\be\b|\bi\b|\ben\b|\bof\b|\boch\b|\bog\b){0,2}\s?"
_THEN = re.compile(rf"(?:\s?\([^()\n]{{1,20}}\))?{_JOINED}")
_BEFORE = re.compile(rf"{_JOINED}$")
_NOT_MEANT = re.compile(
    r"-|[’']|/\d|\s?&|\.\w|\s(?:to|live|beyond|above|ahead|further|home|green|back|on|out|for it|level|suite|class)\b",
    re.IGNORECASE,
)
_RANKED = re.compile(
    r"\b(?:series|class|category|klasse|vitamin|hepatitis|grade|level|phase|type|plan|section)\s$", re.IGNORECASE
)
_CODING = re.compile(
    r"\s(?:developers?|engineers?|programm\w+|backend|back-end|microservices?|services?|code\w*|language|sdk|compiler|studio|shiny|packages?|scripts?"
    r"|entwickl\w+|développeur\w*|desarrollador\w*|ontwikkelaar|utvecklare|udvikler|vývojář\w*|programista)\b",
    re.IGNORECASE,
)
_CODED_IN = re.compile(
    r"\b(?:written|writing|programming|programmed|coding|code|develop\w*|built|build|services?|proficien\w+|experience[d]?|expertise|fluen\w+|skills?|knowledge"
    r"|kenntnisse|erfahrung|entwick\w+|programmier\w+|expérience|experiencia|esperienza|ervaring)\s(?:in|with|of|using|mit|en|con|avec|met|med)\s$",
    re.IGNORECASE,
)


@cache
def names() -> dict[str, str]:
    """Spelling in lower case → name."""
    spelled: dict[str, str] = {}
    for entry in _LIST.split("|"):
        name, _, aliases = entry.partition("=")
        spelled |= dict.fromkeys((name.lower(), *filter(None, aliases.split(","))), name)
    return spelled


@cache
def _spelled() -> re.Pattern[str]:
    """Every spelling as a whole word behind some sign, the longest at a place: a look back at every letter would cost more."""
    return re.compile(rf"[^\w+#](?P<name>{tree_of(names())})(?![\w+#]|\.\w)")


class Mention(NamedTuple):
    """A technology named, by the field's name for it, and the characters `start` to `end` (not included) that name it."""

    name: str
    start: int
    end: int


def mentions(text: str) -> Iterator[Mention]:
    """Every mention of a technology that is meant as one, in the order of the text."""
    text = f"\n{text}"
    lower = lowered(text)
    for match in islice(_spelled().finditer(lower), _MAX_MENTIONS):
        if _is_meant(text, lower, match):
            yield Mention(names()[match["name"]], match.start("name") - 1, match.end() - 1)


def technologies(text: str) -> tuple[str, ...]:
    """The technologies that a text names, each once, in order of first mention."""
    found: dict[str, None] = {}
    for mention in mentions(text):
        found[mention.name] = None
        if len(found) == MAX_SKILLS:
            break
    return tuple(found)


def _is_meant(text: str, lower: str, match: re.Match[str]) -> bool:
    """Whether a spelling names the technology: it is no part of a word or an address, and no plain word."""
    start, end, spelling = match.start("name"), match.end(), match["name"]
    before = text[start - 1 : start]
    if before and before in "_.-":
        return False
    if before == "/" and _ADDRESS.search(text[max(0, start - 80) : start].rsplit(maxsplit=1)[-1]):
        return False
    if spelling in _IN_CONTEXT:
        return text[start].isupper() and _is_language(text, lower, start, end)
    if spelling in _CAPITALS:
        return text[start:end].isupper()
    if spelling in _PLAIN_WORDS:
        opens = _SENTENCE.search(text[max(0, start - 3) : start]) is not None
        return text[start].isupper() and not (opens and _AS_VERB.match(text, end))
    return True


def _is_language(text: str, lower: str, start: int, end: int) -> bool:
    """Whether `Go`, `R` or `C` is the language: among others of its kind, or where code is spoken of."""
    before = text[max(0, start - 60) : start]
    if _NOT_MEANT.match(text, end) or _RANKED.search(before):
        return False
    if _CODING.match(text, end) or _CODED_IN.search(before):
        return True
    then = _THEN.match(text, end)
    if then is not None and _names_other(lower, then.end()):
        return True
    joint = _BEFORE.search(before)
    return joint is not None and _ends_in_other(lower[: start - len(joint.group())])


def _names_other(lower: str, start: int) -> bool:
    """Whether a technology stands here that needs no context itself."""
    match = _spelled().match(lower, start - 1)
    return match is not None and match["name"] not in _IN_CONTEXT


def _ends_in_other(lower: str) -> bool:
    """Whether a text ends in the name of a technology."""
    last = re.split(r"[\s,;/|()]+", lower[-60:].rstrip(" )"))
    return any(" ".join(last[-size:]) in names() and last[-1] not in _IN_CONTEXT for size in (1, 2, 3))
