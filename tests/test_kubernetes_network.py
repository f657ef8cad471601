"""Who reaches whom on Kubernetes, by the network policies."""

import ipaddress
from urllib.parse import urlsplit

import pytest
from kubernetes_manifests import EACH_POD, OURS, PODS, STORES, labels_of, of_kind, rules, secrets, selects

from quiethire.settings import Settings


def allowed(source: dict[str, str], target: dict[str, str], port: int) -> bool:
    """Whether a pod with these labels reaches that port of the other."""
    ways = (("egress", source, "to", target), ("ingress", target, "from", source))
    return all(
        any(
            port in [each["port"] for each in rule["ports"]]
            and any(
                selects(peer["podSelector"], other)
                for peer in rule[key]
                if "podSelector" in peer and "namespaceSelector" not in peer
            )
            for rule in rules(labels, direction)
        )
        for direction, labels, key, other in ways
    )


def test_nobody_reaches_anybody_unless_it_is_said():
    policy = of_kind("NetworkPolicy")["nothing"]["spec"]
    assert policy == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [], "egress": []}
    assert not allowed(labels_of("api"), labels_of("worker"), 9090)
    assert not allowed(labels_of("temporal-namespace"), labels_of("postgres"), 5432)
    assert not allowed(labels_of("clickhouse"), labels_of("postgres"), 5432)


def dependencies() -> dict[str, int]:
    """Service → port, by the addresses in the settings and in the example of the secrets."""
    plain = of_kind("ConfigMap")["quiethire"]["data"]
    addresses = [plain["QUIETHIRE_TYPESENSE_URL"], f"//{plain['QUIETHIRE_TEMPORAL_ADDRESS']}"]
    addresses += [value for value in secrets()["quiethire"].values() if value]
    found = {urlsplit(address).hostname or "": urlsplit(address).port or 0 for address in addresses}
    assert found.keys() == STORES
    return found


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_reach_what_their_settings_name(name):
    labels = OURS[name]["metadata"]["labels"]
    for store, port in dependencies().items():
        assert {each["port"] for each in of_kind("Service")[store]["spec"]["ports"]} >= {port}
        assert allowed(labels, labels_of(store), port), store


def test_servers_reach_each_other_where_they_must():
    assert allowed(labels_of("temporal"), labels_of("postgres"), 5432)
    assert allowed(labels_of("temporal-schema"), labels_of("postgres"), 5432)
    assert allowed(labels_of("temporal-namespace"), labels_of("temporal"), 7233)
    assert allowed(labels_of("typesense"), labels_of("typesense"), 8107)
    # Frontend, history, matching and worker: each has a port for calls and one for membership.
    ports = {7233, 7234, 7235, 7239, 6933, 6934, 6935, 6939}
    assert all(allowed(labels_of("temporal"), labels_of("temporal"), port) for port in ports)
    (box,) = PODS["Deployment/temporal"]["spec"]["containers"]
    assert {each["containerPort"] for each in box["ports"]} == ports


PRIVATE = (
    "10.1.2.3", "172.20.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.100.0.1", "0.0.0.0", "198.18.0.1", "224.0.0.1",
    "::1", "fd00:ec2::254", "fe80::1", "64:ff9b::7f00:1", "::ffff:10.0.0.1", "ff02::1",
)  # fmt: skip


def reaches(labels: dict[str, str], address: str) -> set[int]:
    """Ports of an address outside that a pod reaches."""
    host = ipaddress.ip_address(address)
    found = set()
    for rule in rules(labels, "egress"):
        for block in (peer["ipBlock"] for peer in rule["to"] if "ipBlock" in peer):
            shut = [ipaddress.ip_network(each) for each in block["except"]]
            if host in ipaddress.ip_network(block["cidr"]) and not any(host in each for each in shut):
                found |= {each["port"] for each in rule["ports"]}
    return found


@EACH_POD
def test_no_pod_reaches_a_private_address_by_way_of_the_web(name):
    labels = PODS[name]["metadata"]["labels"]
    assert {address for address in PRIVATE if reaches(labels, address)} == set()


def test_only_those_that_fetch_reach_the_web():
    ports = {name: reaches(pod["metadata"]["labels"], "93.184.215.14") for name, pod in OURS.items()}
    fetching = set(Settings().fetch_ports)
    assert {name for name, found in ports.items() if fetching <= found} == {
        "Deployment/api", "Deployment/worker", "Deployment/worker-crawl"
    }  # fmt: skip
    assert ports["Deployment/worker-parse"] == ports["CronJob/backup"] == {443}
    assert ports["Deployment/worker-match"] == ports["Deployment/worker-embed"] == ports["Job/migrate"] == set()
    # The gateway itself mails links: to open an account, and to confirm a saved search.
    assert {name for name, found in ports.items() if Settings().smtp_port in found} == {
        "Deployment/api", "Deployment/worker"
    }  # fmt: skip
