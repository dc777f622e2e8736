"""Scores the page with Lighthouse, as a phone on a slow connection, and writes reports.

    make lighthouse [ADDRESS=http://127.0.0.1:8000]

Without an address, the page runs over the fake API of its tests. An address without TLS is passed on over
HTTP/2 and TLS, as the deployed page is served. Writes reports, scores.json and summary.md to
build/lighthouse; fails where a score is below its goal.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from tests import pictures
from tests.e2e import fake_comparisons, fake_results
from tests.e2e.conftest import BROWSERS
from tests.e2e.fake_site import CROPPED, FakeApi, serve

REPOSITORY = Path(__file__).resolve().parents[1]
LIGHTHOUSE = REPOSITORY / ".tools/lighthouse/node_modules/.bin/lighthouse"
FOLDER = REPOSITORY / "build" / "lighthouse"
GOALS = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
METRICS = (
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
)
PAGES = {
    "start": "/",
    "result": "/#sample-eileen-collins",
    "two-photos": "/#compare",
    "how-it-works": "/how-it-works.html",
}
# A running stack has no comparison at a known address.
FAKE_PAGES = {**PAGES, "comparison": f"/#{'d' * 32}"}
CHROME = "--headless=new --no-sandbox --disable-gpu --ignore-certificate-errors"
CERTIFICATE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem"
)
RUNS = 3
SAMPLE = REPOSITORY / "static_site" / "samples" / "eileen-collins" / "result.json"


@contextmanager
def fake_page() -> Iterator[str]:
    """Serve the page over the fake API, whose results are comparisons; yields its address."""
    photo = np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1])
    crop = cv2.warpAffine(photo, np.array(fake_results.transform()), (fake_results.CROP_SIDE,) * 2)
    api = FakeApi(crop=pictures.jpeg(crop))
    api.script = lambda upload_id: [(0.0, fake_comparisons.compared(upload_id, CROPPED))]
    with serve(api) as address:
        yield address


@contextmanager
def encrypted(address: str) -> Iterator[str]:
    """An HTTP address over HTTP/2 and TLS, with a certificate that Chromium is told to accept."""
    with tempfile.TemporaryDirectory(prefix="brain-lighthouse-") as folder:
        subprocess.run(CERTIFICATE.split(), cwd=folder, check=True, capture_output=True)
        command = ["node", str(REPOSITORY / "docs" / "http2.mjs"), address, "key.pem", "cert.pem"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            try:
                yield f"https://127.0.0.1:{int(process.stdout.readline())}"
            finally:
                process.terminate()


def audit(name: str, url: str) -> dict[str, float]:
    """The scores (0 to 100) and metrics of the run with the median performance."""
    reports = []
    for run in range(RUNS):
        path = FOLDER / f"{name}-{run}"
        arguments = [
            "--quiet",
            "--output=json",
            "--output=html",
            f"--output-path={path}",
            f"--chrome-flags={CHROME}",
        ]
        subprocess.run([LIGHTHOUSE, url, *arguments], check=True, timeout=180, env=environment())
        reports.append(json.loads(Path(f"{path}.report.json").read_text("utf-8")))
    reports.sort(key=lambda each: each["categories"]["performance"]["score"] or 0)
    report = reports[RUNS // 2]
    scores = {goal: round(100 * (report["categories"][goal]["score"] or 0)) for goal in GOALS}
    return scores | {metric: report["audits"][metric]["numericValue"] for metric in METRICS}


def environment() -> dict[str, str]:
    """This process's environment, with the browser that the tests use."""
    return {**os.environ, "CHROME_PATH": next(filter(None, map(shutil.which, BROWSERS)), "")}


def summary(found: dict[str, dict[str, float]]) -> str:
    """A table in Markdown."""
    head = ["page", *GOALS, "FCP", "LCP", "TBT", "CLS"]
    rows = [
        [name, *(f"{values[goal]:.0f}" for goal in GOALS), *_times(values), f"{values[METRICS[3]]:.3f}"]
        for name, values in found.items()
    ]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _times(values: dict[str, float]) -> list[str]:
    return [f"{values[metric]:.0f} ms" for metric in METRICS[:3]]


def main(address: str | None) -> int:
    """Audit every page; 1 where a score is below its goal, or the sample photos are missing."""
    if not address and not SAMPLE.exists():
        print("The sample photos are missing. Prepare them with `python -m infra.samples`.", file=sys.stderr)
        return 1
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    with ExitStack() as stack:
        site = address.rstrip("/") if address else stack.enter_context(fake_page())
        if site.startswith("http:"):
            site = stack.enter_context(encrypted(site))
        audited = PAGES if address else FAKE_PAGES
        found = {name: audit(name, site + path) for name, path in audited.items()}
    text = summary(found)
    (FOLDER / "summary.md").write_text(text, encoding="utf-8")
    (FOLDER / "scores.json").write_text(json.dumps(found, indent=2), encoding="utf-8")
    print(text)
    return int(any(values[goal] < least for values in found.values() for goal, least in GOALS.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
