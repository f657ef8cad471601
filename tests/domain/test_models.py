"""What every model has in common."""

import pytest
from pydantic import ValidationError

from quiethire.domain.candidate import Candidate


def test_what_is_refused_is_not_repeated_in_the_message():
    kept = '{"id":"00000000-0000-0000-0000-000000000001","name":"Ada","tracks":[{"name":"x","summary":["my story"]}]}'
    with pytest.raises(ValidationError) as raised:
        Candidate.model_validate_json(kept)
    assert "summary" in str(raised.value)
    assert "my story" not in str(raised.value)
