"""The command that tells what a model expects of a customer."""


def test_explain_tells_what_a_model_expects_and_why(on_trained, run, trained):
    told = on_trained("explain", "KH00000001", "--model", "response").json
    assert {"customer", "model", "version", "title", "as_of", "product", "best_times"} <= set(told)
    assert (told["customer"], told["model"]) == ("KH00000001", "response")
    assert 0 < told["probability"] < 1
    assert 1 <= len(told["reasons"]["zh"]) == len(told["reasons"]["en"]) <= 3
    assert len(told["against"]["en"]) <= 1
    shown = run("-w", trained.workspace.path, "explain", "KH00000001", "--model", "response").out
    assert f"{told['probability']:.1%} ({told['product']})" in shown
    assert f"+ {told['reasons']['en'][0]}" in shown


def test_explain_refuses_what_is_not_there(on_trained):
    assert on_trained("explain", "KH00000001", "--model", "churn").error["code"] == "not_found"
    assert on_trained("explain", "nobody", "--model", "response").error["code"] == "not_found"
    assert on_trained("explain", "KH00000001", "--product", "data_10gb").error["where"] == "--product"
