"""Score customers: which trained models say something of every customer of a view, and the column that each gives."""

from yuelao.common.errors import Refused
from yuelao.operations.models import ModelState
from yuelao.warehouse.model_scores import Trained, score_output
from yuelao.workflows.house import House
from yuelao.workflows.keep_model import load_model, registered


def customer_models(house: House) -> tuple[list[Trained], list[str]]:
    """The models in use that need a customer only, no offer and no hour; a note on each that cannot be read."""
    trained: dict[str, Trained] = {}
    notes = []
    for version in registered(house):
        output = score_output(version.name)
        if version.state is not ModelState.CHAMPION or output is None:
            continue
        if output.name in trained:
            notes.append(f"{version.name}: {trained[output.name].name} already gives {output.name}")
            continue
        try:
            trained[output.name] = Trained(version.name, version.version, output, load_model(house, version))
        except Refused as refusal:
            notes.append(f"{version.name}: {refusal.message}. {refusal.hint}")
    return list(trained.values()), notes
