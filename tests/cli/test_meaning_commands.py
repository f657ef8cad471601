"""`quiethire skills` and `occupation`, as they are typed. What they rank by the model, tests/services/matching/taxonomy asks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.matching.taxonomy.packages import data_files

COMMAND = str(Path(sys.executable).with_name("quiethire"))
pytestmark = pytest.mark.skipif(data_files() is None, reason="the extra `taxonomy` is not installed")


def answer(*arguments: str):
    ended = subprocess.run(
        [COMMAND, *arguments, "--named", "--json"], capture_output=True, text=True, timeout=100, check=True
    )
    return json.loads(ended.stdout)


def test_skills_are_named_with_their_words_and_their_address():
    python, tax = answer("skills", "Python, and in-depth knowledge of tax law")["named"]
    assert (python["name"], python["said"]) == ("Python", "Python")
    assert (tax["name"], tax["said"]) == ("tax legislation", "tax law")
    assert tax["uri"].startswith("http://data.europa.eu/esco/skill/")


def test_a_title_is_an_occupation_or_none():
    assert answer("occupation", "Senior Backend Engineer (m/f/d)")["occupation"]["name"] == "software developer"
    assert answer("occupation", "Zorblax")["occupation"] is None
