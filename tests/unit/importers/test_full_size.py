"""Every format at VGG-Face's own size, with random weights: `pytest -m full_size -s` prints the figures."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from brain.importers.published import VGG_FACE
from brain.recognition.model import load_model
from brain.recognition.vgg import VGGFace
from tests.unit.importers import caffe_files, keras_files, matconvnet_files, torch7_files, vgg
from tests.unit.importers.channels_last import arrays_of

pytestmark = [
    pytest.mark.full_size,
    pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc"),
]

WEIGHTS_BYTES = 4 * 145_002_878
LIBRARIES_BYTES = 350 * 1024**2  # what a process holds that has only loaded PyTorch and OpenCV
MEASURED = """
import re, sys
from pathlib import Path
from brain.commands.cli import main
status = main(sys.argv[1:])
print("peak", re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
sys.exit(status)
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
        state = VGGFace(VGG_FACE).state_dict()
    return vgg.weights(
        {name.partition(".")[0]: tuple(state[name].shape) for name in state if "weight" in name}
    )


@pytest.fixture(scope="module", autouse=True)
def heading() -> None:
    print("\n| command | file | seconds | most memory held |\n|---|---|---|---|")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Emptied at once: pytest would keep the last gigabytes."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def measured(models: Path, *command: str) -> tuple[str, int]:
    """What a command in a process of its own prints, and the most memory that it holds, in bytes."""
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", MEASURED, *command],
        check=True,
        env={"BRAIN_MODELS": str(models), "PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds = time.perf_counter() - start
    printed, _, peak = run.stdout.rpartition("peak ")
    what = f"`model {command[1]}` | {Path(command[2]).name}"
    print(f"| {what} | {seconds:.1f} | {int(peak) / 1024:.0f} MiB |")
    return printed, int(peak) * 1024


def bring(folder: Path, path: Path, dtype: str) -> int:
    """Import as a person does; returns the most memory held, in bytes."""
    names = vgg.names_file(folder, VGG_FACE.identities)
    options = ["--as", "vgg-face", "--names", str(names), "--dtype", dtype]
    return measured(folder / "models", "model", "import", str(path), *options)[1]


@pytest.mark.parametrize("write", [caffemodel, torch7, matconvnet, keras, pytorch, archive])
def test_an_import_holds_about_two_copies(
    folder: Path, weights: vgg.Weights, write: Callable[[Path, vgg.Weights], Path]
) -> None:
    assert bring(folder, write(folder, weights), "float32") < LIBRARIES_BYTES + 2.2 * WEIGHTS_BYTES
    stored = (folder / "models/vgg-face/weights.safetensors").stat().st_size
    assert stored == pytest.approx(WEIGHTS_BYTES, rel=0.01)


@pytest.mark.parametrize(("dtype", "share"), [("float32", 1), ("bfloat16", 0.5)])
def test_what_is_imported_runs(folder: Path, weights: vgg.Weights, dtype: str, share: float) -> None:
    bring(folder, pytorch(folder, weights), dtype)
    stored = (folder / "models/vgg-face/weights.safetensors").stat().st_size
    assert stored == pytest.approx(share * WEIGHTS_BYTES, rel=0.01)
    printed, _ = measured(folder / "models", "model", "check", "vgg-face")
    assert "(as recorded)" in printed
    print(dtype, *(line for line in printed.splitlines() if line.split()[0] in ("load", "forward", "memory")))


def test_opencv_gives_the_same_logits(folder: Path, weights: vgg.Weights) -> None:
    path = torch7(folder, weights)
    bring(folder, path, "float32")
    crop = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    net = cv2.dnn.readNetFromTorch(str(path))
    net.setInput(cv2.dnn.blobFromImage(crop, 1.0, (224, 224), vgg.MEAN[::-1], swapRB=False))
    found = load_model(folder / "models/vgg-face").network.forward_with_activations(crop).logits.numpy()
    vgg.assert_same(found, net.forward())
