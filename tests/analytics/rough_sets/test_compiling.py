"""Compiled loops run where nothing can be kept on disk as well."""

from typing import Any

from yuelao.analytics.rough_sets.compiling import compiled


def test_a_loop_is_compiled_where_there_is_no_place_to_keep_it():
    scope: dict[str, Any] = {}
    exec("def doubled(number):\n    return number * 2", scope)  # from no file, so numba has no place for it
    assert compiled(scope["doubled"])(4) == 8
