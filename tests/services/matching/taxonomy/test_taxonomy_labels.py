"""Labels and description told apart where one text holds them all."""

from services.matching.taxonomy.labels import Boundaries, described, labels_of


def test_the_description_begins_where_the_label_stands_again_as_a_plural():
    parts = described("night nurse nurse at night Night nurses care for people who do not sleep.")
    assert (parts.words[: parts.size], parts.description) == (
        ["night", "nurse"],
        "Night nurses care for people who do not sleep.",
    )


def test_without_a_plural_the_description_is_the_first_sentence():
    parts = described("weld steel join steel Bring steel to melt and let it cool.")
    assert (parts.size, " ".join(parts.words), parts.description) == (
        None,
        "weld steel join steel",
        "Bring steel to melt and let it cool.",
    )


def test_labels_end_and_begin_as_known_ones_do():
    texts = [
        described(f"{kind} nurse {kind} care nurse nurse of {kind} {kind.capitalize()} nurses care.")
        for kind in ("night", "ward", "school", "family", "theatre")
    ]
    assert labels_of(texts)[0] == ["night nurse", "night care nurse", "nurse of night"]


def test_the_first_label_has_no_word_twice_and_ends_in_no_connecting_word():
    known = [
        each.split() for each in ("weld steel", "join copper", "weld iron", "join steel", "bend iron", "paint walls")
    ]
    assert Boundaries(known).first(["weld", "copper", "join", "copper", "weld", "brass"]) == 2


def test_a_text_of_nothing_has_no_labels():
    assert labels_of([described("")]) == [[]]
