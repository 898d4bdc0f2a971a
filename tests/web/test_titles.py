"""Codes by their titles on the screens."""

from types import SimpleNamespace

import pytest

from yuelao.common import language as words
from yuelao.web.titles import said_reasons
from yuelao.workflows.desk_card import reason_sentence


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "推荐产品：10GB 流量包"), ("en", "Product offered: 10GB 流量包")]
)
def test_a_reason_names_the_product_by_its_title_and_others_stay(language, said):
    page = SimpleNamespace(
        language=language, say=lambda message, **values: words.translate(message, language, **values)
    )
    product = reason_sentence({"feature": "product", "value": "data_10gb"}, language)
    other = reason_sentence({"feature": "age", "value": 40}, language)
    assert said_reasons(page, {"data_10gb": "10GB 流量包"}, [product, other]) == [said, other]
