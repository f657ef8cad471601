"""Technologies named in a text: a compact list, matched as whole words, under the name that the field uses."""

import re
from functools import cache

MAX_SKILLS = 60

_NAMES = (
    "Python|Java|JavaScript=js,ecmascript|TypeScript|C++=cpp|C#=csharp,c sharp|Golang=go lang|Rust|Kotlin|Swift|Scala|Ruby|PHP|Perl|"
    "Haskell|Elixir|Erlang|Clojure|MATLAB|Fortran|COBOL|Solidity|Bash|PowerShell|SQL|NoSQL|GraphQL|HTML=html5|CSS=css3|Sass|"
    "React=react.js,reactjs|React Native|Angular=angularjs|Vue.js=vue,vuejs|Svelte|Next.js=nextjs|Nuxt=nuxt.js|Node.js=nodejs,node|"
    "Express.js=expressjs|NestJS|Django|Flask|FastAPI|Ruby on Rails=rails|Spring Boot|Spring Framework|Laravel|Symfony|"
    ".NET=dotnet,.net core,asp.net|jQuery|Redux|Tailwind CSS=tailwind|Flutter|Android|iOS|SwiftUI|Jetpack Compose|Electron|WebAssembly=wasm|"
    "PostgreSQL=postgres|MySQL|MariaDB|MongoDB|Redis|Cassandra|DynamoDB|Elasticsearch=elastic search|OpenSearch|ClickHouse|Snowflake|"
    "BigQuery|Redshift|Databricks|SQL Server=mssql|SQLite|Neo4j|Oracle Database|Kafka=apache kafka|RabbitMQ|Apache Spark=spark,pyspark|"
    "Hadoop|Airflow=apache airflow|dbt|Flink=apache flink|Temporal.io|Looker|Tableau|Power BI=powerbi|Metabase|Excel|"
    "AWS=amazon web services|Azure=microsoft azure|GCP=google cloud,google cloud platform|Docker|Kubernetes=k8s|Helm|Terraform|Ansible|"
    "Pulumi|Jenkins|GitHub Actions|GitLab CI=gitlab ci/cd|CI/CD=ci / cd|ArgoCD=argo cd|Prometheus|Grafana|Datadog|Splunk|OpenTelemetry|"
    "Linux|Git|Nginx|gRPC|REST API=rest apis,restful api,restful apis|Microservices|Serverless|Machine Learning|Deep Learning|NLP|"
    "LLM=llms,large language models|PyTorch|TensorFlow|scikit-learn|Keras|pandas|NumPy|Hugging Face|LangChain|RAG|MLOps|Computer Vision|"
    "OpenCV|CUDA|ROS=ros2,ros 2|Figma|Sketch App|Adobe Photoshop=photoshop|Illustrator|InDesign|Jira|Confluence|Salesforce|HubSpot|"
    "SAP|ServiceNow|Workday HCM|NetSuite|Zendesk|Marketo|Google Analytics|SEO|SolidWorks|AutoCAD|CATIA|Siemens NX|ANSYS|LabVIEW|"
    "VHDL|Verilog|FPGA|PLC|Embedded C|RTOS|SCADA|GD&T|Selenium|Cypress|Playwright|Jest|Pytest|JUnit|Scrum|Kanban|ISO 27001|SOC 2|GDPR|"
    "Unity3D=unity 3d|Unreal Engine|Blender|Apex|Shopify|WordPress|Drupal|Magento|OAuth|Kubeflow|MLflow|Dagster|Trino|Apache Iceberg=iceberg"
)


@cache
def _table() -> tuple[dict[str, str], re.Pattern[str]]:
    """Spelling in lower case → name, and one pattern over all spellings, longest first."""
    names: dict[str, str] = {}
    for entry in _NAMES.split("|"):
        name, _, aliases = entry.partition("=")
        names |= dict.fromkeys((name.lower(), *filter(None, aliases.split(","))), name)
    spellings = "|".join(re.escape(spelling) for spelling in sorted(names, key=len, reverse=True))
    return names, re.compile(rf"(?<![\w.+#/-])(?:{spellings})(?![\w+#]|-\w|\.\w)", re.IGNORECASE)


_PLAIN_WORDS = frozenset(
    {"spark", "excel", "swift", "rust", "flask", "node", "helm", "express", "apex", "rag", "ros", "sap", "react"}
)
"""Spellings that are words too: taken only with a capital letter."""


def skills(text: str) -> tuple[str, ...]:
    """The technologies that a text names, each once, in order of first mention."""
    names, pattern = _table()
    found: dict[str, None] = {}
    for match in pattern.finditer(text):
        spelling = match.group().lower()
        if spelling in _PLAIN_WORDS and match.group()[0].islower():
            continue
        found[names[spelling]] = None
        if len(found) == MAX_SKILLS:
            break
    return tuple(found)
