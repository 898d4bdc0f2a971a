"""`yuelao view quality`: what it shows and writes; the measuring itself is tested with its workflow."""

from pathlib import Path

from yuelao.cli.commands import view
from yuelao.workflows.measure_models import Figure, Measured


def measured(folder: Path, customers: int, seed: int, months: int, _progress: object) -> Measured:
    assert folder.is_dir()
    figure = Figure(name="value", en="Worth", value=0.81, customers=customers, chance=0.01, least=None, most=None)
    return Measured(customers=customers, months=months, seed=seed, figures=[figure], seconds=1.0)


def test_figures_are_shown_and_the_page_is_written(run, monkeypatch, tmp_path):
    monkeypatch.setattr(view, "measure", measured)
    page = tmp_path / "quality.md"

    done = run("view", "quality", "--customers", "2000", "--seed", "7", "--out", page, "--json")

    assert (done.json["customers"], done.json["seed"], done.json["months"]) == (2000, 7, 6)
    assert done.json["figures"][0]["value"] == 0.81
    assert "| Worth | 0.810 | 0.010 |" in page.read_text(encoding="utf-8")
    assert "Worth" in run("view", "quality", "--customers", "2000").out


def test_too_few_customers_are_refused(run, monkeypatch):
    monkeypatch.setattr(view, "measure", measured)

    assert run("view", "quality", "--customers", "10").status != 0
