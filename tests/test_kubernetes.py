"""The Kubernetes manifests are valid, and agree with each other, with Compose and with the code."""

import json
import re
import shutil
import subprocess
from functools import cache
from urllib.parse import urlsplit

import jsonschema
import kubernetes_validate
import pytest
import yaml
from kubernetes_manifests import (
    BASE,
    COMPOSE,
    EACH_POD,
    FOLDER,
    LASTING,
    OURS,
    OVERLAYS,
    PODS,
    SCALED,
    VERSION,
    Document,
    labels_of,
    name_of,
    of_kind,
    references,
    rules,
    secrets,
    settings_of,
    template,
)

from quiethire.settings import TASK_QUEUE, Settings
from quiethire.stack.servers.temporal import SEARCH_ATTRIBUTES
from services.api.gate.client_address import ClientAddresses
from workflows.policies import CRAWL_QUEUE, EMBED_QUEUE, MATCH_QUEUE, PARSE_QUEUE


@cache
def rendered(overlay: str) -> list[Document]:
    """What kubectl makes of an overlay."""
    if shutil.which("kubectl") is None:
        pytest.skip("there is no kubectl to render overlays with")
    command = ["kubectl", "kustomize", str(FOLDER / "overlays" / overlay)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return list(yaml.safe_load_all(made.stdout))


# It reads its definitions, two megabytes of them, anew for every document.
kubernetes_validate.utils.schema_contents = cache(kubernetes_validate.utils.schema_contents)


def require_valid(document: Document) -> None:
    if document["kind"] == "ScaledObject":
        jsonschema.Draft202012Validator(SCALED).validate(document)
    else:
        kubernetes_validate.validate(document, VERSION, strict=True)


@pytest.mark.parametrize("document", BASE, ids=name_of)
def test_every_document_is_valid_by_its_schema(document):
    require_valid(document)


def test_the_schemas_refuse_what_they_do_not_know():
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "api"}, "spec": {"prots": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        require_valid(wrong)
    scaled = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "x"}, "spec": {"scale": 1}}
    with pytest.raises(jsonschema.ValidationError):
        require_valid(scaled)


def changes(overlay: str) -> Document:
    """What an overlay says."""
    return yaml.safe_load((FOLDER / "overlays" / overlay / "kustomization.yaml").read_text())


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_overlays_are_valid_and_take_nothing_away(overlay):
    documents = rendered(overlay)
    changed = {patch["target"]["kind"] for patch in changes(overlay)["patches"]}
    for document in documents:
        if document["kind"] in changed:
            require_valid(document)
    assert {name_of(document) for document in documents} == {name_of(document) for document in BASE}
    assert {each["metadata"].get("namespace", "quiethire") for each in documents} == {"quiethire"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_overlays_change_what_is_there(overlay):
    made = changes(overlay)
    assert [(FOLDER / "overlays" / overlay / path).resolve() for path in made["resources"]] == [FOLDER / "base"]
    named = {name_of(document) for document in BASE}
    for patch in made["patches"]:
        pattern = f"{patch['target']['kind']}/{patch['target']['name']}"
        assert any(re.fullmatch(pattern, name) for name in named), pattern
    assert {each["name"] for each in made["replicas"]} <= of_kind("Deployment", "StatefulSet").keys()


def test_the_base_lists_every_file_that_is_there():
    listed = yaml.safe_load((FOLDER / "base" / "kustomization.yaml").read_text())["resources"]
    files = {file.name for file in (FOLDER / "base").iterdir()} - {"kustomization.yaml"}
    assert set(listed) == files
    assert len(listed) == len(set(listed))


def test_selectors_find_pods():
    labels = [pod["metadata"]["labels"] for pod in PODS.values()]
    for document in BASE:
        spec = document.get("spec", {})
        selector = spec.get("selector", {})
        wanted = selector if document["kind"] == "Service" else selector.get("matchLabels", {})
        assert any(wanted.items() <= found.items() for found in labels), name_of(document)
        if document["kind"] in ("Deployment", "StatefulSet"):
            assert wanted.items() <= template(document)["metadata"]["labels"].items()


def test_services_lead_to_ports_that_pods_have():
    for service in of_kind("Service").values():
        (pod,) = (
            pod for pod in LASTING.values() if service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
        )
        ports = {port["name"] for port in pod["spec"]["containers"][0]["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


def test_every_stateful_set_has_its_service_and_everything_that_lasts_a_disruption_budget():
    services = of_kind("Service")
    assert {each["spec"]["serviceName"] for each in of_kind("StatefulSet").values()} <= services.keys()
    assert of_kind("PodDisruptionBudget").keys() == {name.partition("/")[2] for name in LASTING}


@EACH_POD
def test_pods_have_no_right_that_they_do_not_need(name):
    spec = PODS[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    # Chromium's own sandbox does not work under the default profile.
    profile = None if name == "Deployment/worker-crawl" else {"type": "RuntimeDefault"}
    assert spec["securityContext"].get("seccompProfile") == profile
    for container in spec["containers"]:
        context = container["securityContext"]
        assert context == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}
        }  # fmt: skip
        assert container["resources"].keys() == {"requests", "limits"}
        assert all(bound.keys() == {"cpu", "memory"} for bound in container["resources"].values())


def test_the_namespace_admits_every_pod():
    """The Pod Security Standard "baseline", control by control, for pods of Linux."""
    assert of_kind("Namespace")["quiethire"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "baseline"
    for name, pod in PODS.items():
        spec = pod["spec"]
        boxes = [*spec["containers"], *spec.get("initContainers", ())]
        contexts = [spec.get("securityContext", {}), *(box.get("securityContext", {}) for box in boxes)]
        for context in contexts:
            assert not context.get("privileged"), name
            assert not context.get("capabilities", {}).get("add"), name
            assert context.get("procMount", "Default") == "Default", name
            assert not context.keys() & {"sysctls", "seLinuxOptions", "appArmorProfile", "windowsOptions"}, name
            assert context.get("seccompProfile", {}).get("type", "RuntimeDefault") in ("RuntimeDefault", "Localhost"), (
                name
            )
        assert not spec.keys() & {"hostNetwork", "hostPID", "hostIPC"}, name
        assert not any("hostPath" in volume for volume in spec.get("volumes", ())), name
        assert not any("hostPort" in port for box in boxes for port in box.get("ports", ())), name
        assert not any("host" in asked for kind in ("httpGet", "tcpSocket") for asked in references(spec, kind)), name


@pytest.mark.parametrize("name", sorted(LASTING))
def test_what_lasts_is_probed(name):
    (container,) = LASTING[name]["spec"]["containers"]
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
    if name in OURS:
        asked = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")}
        assert asked == {"startup": "/readyz", "readiness": "/healthz", "liveness": "/healthz"}


@EACH_POD
def test_mounts_have_volumes_and_volumes_are_mounted(name):
    spec = PODS[name]["spec"]
    claims = of_kind("StatefulSet").get(name.partition("/")[2], {}).get("spec", {}).get("volumeClaimTemplates", ())
    declared = {volume["name"] for volume in spec.get("volumes", ())} | {claim["metadata"]["name"] for claim in claims}
    assert {mount["name"] for box in spec["containers"] for mount in box["volumeMounts"]} == declared
    for volume in spec.get("volumes", ()):
        if "persistentVolumeClaim" in volume:
            assert volume["persistentVolumeClaim"]["claimName"] in of_kind("PersistentVolumeClaim")


def test_secrets_are_named_and_lie_nowhere():
    assert not of_kind("Secret")
    named = secrets()
    for pod in PODS.values():
        for asked in references(pod, "secretKeyRef"):
            assert asked["key"] in named[asked["name"]]
        for asked in references(pod, "secretRef"):
            assert asked["name"] in named
        for asked in references(pod, "secret"):
            assert {item["key"] for item in asked.get("items", ())} <= named[
                asked.get("name", asked.get("secretName"))
            ].keys()
        for variable in (each for env in references(pod, "env") for each in env):
            secret = re.search(r"PASSWORD|PWD|SECRET|API_KEY|AUTH", variable["name"]) and not variable["name"].endswith(
                "_FILE"
            )
            assert ("valueFrom" in variable) == bool(secret) or "fieldRef" in str(variable)


def test_config_maps_that_are_asked_for_are_there():
    maps = of_kind("ConfigMap")
    for pod in PODS.values():
        names = [*references(pod, "configMapRef"), *references(pod, "configMap")]
        assert {each["name"] for each in names} <= maps.keys()


def test_settings_are_those_that_there_are(monkeypatch, tmp_path):
    known = {f"QUIETHIRE_{field.upper()}" for field in Settings.model_fields}
    named = secrets()
    ours = named["quiethire"] | named["quiethire-people"]
    assert ours.keys() <= known
    for pod in OURS.values():
        assert set(settings_of(pod)) <= known
        assert not set(settings_of(pod)) & ours.keys()
    for name, value in ours.items():
        (tmp_path / name).write_text(value or "x" * 24)
    for name, value in settings_of(OURS["Deployment/worker-crawl"]).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("QUIETHIRE_SECRETS_DIR", str(tmp_path))
    settings = Settings()
    assert (settings.task_queues, settings.metrics_port) == (("quiethire-task-queue-crawl",), 9090)
    assert settings.person_key == "x" * 24


def test_secrets_are_mounted_where_the_settings_look_for_them():
    for name, pod in OURS.items():
        (box,) = pod["spec"]["containers"]
        (mounted,) = (mount["mountPath"] for mount in box["volumeMounts"] if mount["name"] == "secrets")
        assert mounted == settings_of(pod)["QUIETHIRE_SECRETS_DIR"], name


def test_the_master_key_of_people_is_not_with_those_that_read_strangers_pages():
    having = {name for name, pod in OURS.items() if "quiethire-people" in str(pod["spec"]["volumes"])}
    assert having == {"Deployment/api", "Deployment/worker", "Deployment/worker-match"}


def test_clients_are_told_apart_behind_the_ingress(monkeypatch):
    monkeypatch.setenv("QUIETHIRE_TRUSTED_PROXIES", settings_of(OURS["Deployment/api"])["QUIETHIRE_TRUSTED_PROXIES"])
    addresses = ClientAddresses(Settings().trusted_proxies)
    forwarded = [
        {"client": ("10.1.2.3", 40000), "headers": [(b"x-forwarded-for", address)]}
        for address in (b"198.51.100.7", b"203.0.113.9")
    ]
    assert [addresses.of(each) for each in forwarded] == ["198.51.100.7", "203.0.113.9"]


def test_a_restore_is_the_backups_job_with_other_words_and_the_master_key(tmp_path):
    """The patch is done by kubectl itself where there is one, and read by its paths in any case."""
    patch = json.loads((FOLDER / "restore.json").read_text())
    spec = of_kind("CronJob")["backup"]["spec"]["jobTemplate"]["spec"]
    assert [each["path"] for each in patch] == [
        "/spec/template/spec/containers/0/args", "/spec/template/spec/volumes/0/projected/sources/-"
    ]  # fmt: skip
    assert spec["template"]["spec"]["containers"][0]["args"][:2] == ["quiethire", "backup"]
    assert [each["secret"]["name"] for each in spec["template"]["spec"]["volumes"][0]["projected"]["sources"]] == [
        "quiethire"
    ]
    assert patch[1]["value"]["secret"]["name"] in secrets()
    database = urlsplit(secrets()["quiethire"]["QUIETHIRE_POSTGRES_DSN"]).path
    assert patch[0]["value"][-1] == database.removeprefix("/")
    if shutil.which("kubectl") is not None:
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "restore"}, "spec": spec}
        (tmp_path / "job.yaml").write_text(yaml.safe_dump(job))
        command = ["kubectl", "patch", "--local", "--filename", "job.yaml", "--type", "json", "--output", "yaml"]
        done = [*command, "--patch-file", str(FOLDER / "restore.json")]
        made = subprocess.run(done, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
        require_valid(yaml.safe_load(made.stdout))


def test_what_those_who_run_it_watch_is_not_told_to_the_world():
    (rule,) = of_kind("Ingress")["api"]["spec"]["rules"]
    (way,) = rule["http"]["paths"]
    (world,) = of_kind("Service")["api"]["spec"]["ports"]
    assert way["backend"]["service"]["port"]["name"] == world["name"]
    (box,) = OURS["Deployment/api"]["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in box["ports"]}
    inside = int(settings_of(OURS["Deployment/api"])["QUIETHIRE_METRICS_PORT"])
    assert ports == {world["targetPort"]: 3000, "inside": inside}
    assert box["startupProbe"]["httpGet"] == {"path": "/readyz", "port": "inside"}
    reached = {
        peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]: [each["port"] for each in way["ports"]]
        for way in rules(labels_of("api"), "Ingress")
        for peer in way["from"]
    }
    assert reached == {"ingress-nginx": [3000], "monitoring": [inside]}


def test_every_task_queue_has_its_workers_and_is_scaled_by_its_backlog():
    queues = {}
    for name, pod in OURS.items():
        if "QUIETHIRE_TASK_QUEUES" in settings_of(pod):
            queues[name.partition("/")[2]] = json.loads(settings_of(pod)["QUIETHIRE_TASK_QUEUES"])
    assert sorted(queue for served in queues.values() for queue in served) == sorted(
        (TASK_QUEUE, CRAWL_QUEUE, PARSE_QUEUE, MATCH_QUEUE, EMBED_QUEUE)
    )
    scaled = {
        each["spec"]["scaleTargetRef"]["name"]: [
            trigger["metadata"]["taskQueue"] for trigger in each["spec"]["triggers"]
        ]
        for each in of_kind("ScaledObject").values()
    }
    assert scaled == queues
    assert min(each["spec"]["minReplicaCount"] for each in of_kind("ScaledObject").values()) >= 1
    # A number in the manifest would send all but so many away each time it is applied.
    assert not any("replicas" in of_kind("Deployment")[name]["spec"] for name in scaled)


def test_typesense_knows_the_names_of_its_nodes():
    (nodes,) = (of_kind("ConfigMap")["typesense-nodes"]["data"]["nodes"],)
    count = of_kind("StatefulSet")["typesense"]["spec"]["replicas"]
    service = of_kind("StatefulSet")["typesense"]["spec"]["serviceName"]
    expected = [f"typesense-{number}.{service}.quiethire.svc.cluster.local:8107:8108" for number in range(count)]
    assert nodes.split(",") == expected
    assert of_kind("Service")[service]["spec"]["clusterIP"] == "None"


def test_images_are_those_of_compose():
    images = {box["image"] for pod in PODS.values() for box in pod["spec"]["containers"]} - {"quiethire"}
    assert images <= {service["image"] for service in COMPOSE.values()}


def test_temporal_registers_the_search_attributes_of_the_workflows():
    script = of_kind("Job")["temporal-namespace"]["spec"]["template"]["spec"]["containers"][0]["args"][0]
    (listed,) = re.findall(r"for attribute in ([\w= ]+);", script)
    assert dict(pair.split("=") for pair in listed.split()) == SEARCH_ATTRIBUTES
