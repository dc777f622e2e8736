"""Every format at VGG-Face's own size, with random weights: `pytest -m full_size -s` prints the figures."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from brain.importers.plan import VGG_FACE
from brain.network import Network
from tests.unit.importers import caffe_files, keras_files, matconvnet_files, torch7_files, vgg
from tests.unit.importers.channels_last import arrays_of

pytestmark = [
    pytest.mark.full_size,
    pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc"),
]

WEIGHTS_BYTES = 4 * 145_002_878
# What a process that only imports the libraries holds is in every figure.
MEASURED = """
import json, re, sys
from pathlib import Path
from brain.cli import main
status = main(sys.argv[2:])
held = Path("/proc/self/status").read_text()
peak = {key: int(re.search(rf"{key}:\\s+(\\d+)", held)[1]) * 1024 for key in ("VmHWM", "RssAnon")}
Path(sys.argv[1]).write_text(json.dumps({"status": status, "peak": peak["VmHWM"]}))
"""


def caffemodel(folder: Path, weights: vgg.Weights) -> Path:
    return caffe_files.write(folder / "VGG_FACE.caffemodel", caffe_files.parts(weights))


def torch7(folder: Path, weights: vgg.Weights) -> Path:
    root = torch7_files.sequential(torch7_files.modules(weights, "nn.SpatialConvolutionMM"))
    return torch7_files.write(folder / "VGG_FACE.t7", root)


def matconvnet(folder: Path, weights: vgg.Weights) -> Path:
    arrays = arrays_of(weights, dense=False)
    return matconvnet_files.write(folder / "vgg-face.mat", arrays, oxford=False, people=2622)


def keras(folder: Path, weights: vgg.Weights) -> Path:
    return keras_files.write(folder / "vgg_face.h5", arrays_of(weights, dense=True))


def pytorch(folder: Path, weights: vgg.Weights) -> Path:
    path = folder / "vgg_face.pth"
    torch.save({name: torch.from_numpy(array) for name, array in weights.items()}, path)
    return path


def archive(folder: Path, weights: vgg.Weights) -> Path:
    path = folder / "vgg_face_caffe.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        tar.add(caffemodel(folder, weights), "vgg_face_caffe/VGG_FACE.caffemodel")
    return path


@pytest.fixture(scope="module")
def weights() -> vgg.Weights:
    with torch.device("meta"):
        state = Network(VGG_FACE).state_dict()
    return vgg.weights(
        {name.partition(".")[0]: tuple(state[name].shape) for name in state if "weight" in name}
    )


@pytest.fixture(scope="module", autouse=True)
def heading() -> Iterator[None]:
    print("\n| what | seconds | most memory held, MiB |\n|---|---|---|")
    yield


def measured(folder: Path, models: Path, *command: str) -> tuple[float, int]:
    """Seconds and the most memory, in bytes, of a command in a process of its own."""
    report = folder / "report.json"
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", MEASURED, str(report), *command],
        check=True,
        env={"BRAIN_MODELS": str(models), "PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.DEVNULL,
    )
    seconds = time.perf_counter() - start
    found = json.loads(report.read_text())
    assert found["status"] == 0
    print(
        f"| {' '.join(command[1:2])} {Path(command[2]).name} | {seconds:.1f} | {found['peak'] / 2**20:.0f} |"
    )
    return seconds, found["peak"]


@pytest.mark.parametrize("write", [caffemodel, torch7, matconvnet, keras, pytorch, archive])
def test_an_import_holds_about_two_copies(
    tmp_path: Path, weights: vgg.Weights, write: Callable[[Path, vgg.Weights], Path]
) -> None:
    path = write(tmp_path, weights)
    names = vgg.names_file(tmp_path, VGG_FACE.identities)
    models = tmp_path / "models"
    command = ["model", "import", str(path), "--as", "vgg-face", "--names", str(names)]
    _, peak = measured(tmp_path, models, *command)
    assert peak < 3 * WEIGHTS_BYTES
    assert (models / "vgg-face" / "weights.safetensors").stat().st_size == pytest.approx(
        WEIGHTS_BYTES, rel=0.01
    )


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_check(tmp_path: Path, weights: vgg.Weights, dtype: str) -> None:
    path = pytorch(tmp_path, weights)
    names = vgg.names_file(tmp_path, VGG_FACE.identities)
    models = tmp_path / "models"
    command = ["model", "import", str(path), "--as", "vgg-face", "--names", str(names), "--dtype", dtype]
    measured(tmp_path, models, *command)
    measured(tmp_path, models, "model", "check", "vgg-face")
    assert np.isfinite((models / "vgg-face" / "weights.safetensors").stat().st_size)
