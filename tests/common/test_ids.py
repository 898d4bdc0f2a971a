"""Ids that sort, pseudonyms that need the key, and draws that never change."""

from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuelao.common import ids


def test_new_ids_differ():
    made = [ids.new_id() for _ in range(1_000)]
    assert len(set(made)) == len(made)
    assert {len(name) for name in made} == {20}


def test_new_ids_sort_by_the_millisecond_of_their_making():
    stamps = [ids.new_id()[:12] for _ in range(1_000)]
    assert stamps == sorted(stamps)


@given(st.text(min_size=1), st.text())
def test_a_pseudonym_is_stable_short_and_plain(secret, source_id):
    name = ids.pseudonym(secret, source_id)
    assert name == ids.pseudonym(secret, source_id)
    assert len(name) == ids.PSEUDONYM_LENGTH
    assert name.isalnum()


def test_a_pseudonym_needs_the_key():
    assert ids.pseudonym("one key", "1001") != ids.pseudonym("another key", "1001")


@given(st.text(), st.text(), st.floats(0, 1))
def test_a_larger_share_holds_the_smaller(salt, customer, share):
    assert not ids.in_share(salt, customer, share) or ids.in_share(salt, customer, 1.0)
    assert not ids.in_share(salt, customer, share / 2) or ids.in_share(salt, customer, share)


@given(st.text(), st.text())
def test_none_and_all(salt, customer):
    assert not ids.in_share(salt, customer, 0.0)
    assert ids.in_share(salt, customer, 1.0)


def test_the_draw_is_the_beginning_of_an_md5():
    assert ids.draw("global", "1001") == md5(b"global:1001").hexdigest()[:8]


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5])
def test_a_share_is_about_as_large_as_it_says(share):
    drawn = sum(ids.in_share("global", str(number), share) for number in range(20_000)) / 20_000
    assert abs(drawn - share) < 0.01


def test_two_salts_draw_independently():
    both = sum(ids.in_share("a", str(n), 0.5) and ids.in_share("b", str(n), 0.5) for n in range(20_000)) / 20_000
    assert abs(both - 0.25) < 0.015


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(share):
    with pytest.raises(ValueError, match="a share lies in"):
        ids.draw_limit(share)
