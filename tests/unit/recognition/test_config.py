"""What a weights file says about its network."""

from __future__ import annotations

import json

from brain.recognition.config import CamConfig, ModelConfig, OpenSetCalibration
from tests import tiny


def test_a_configuration_survives_its_json() -> None:
    config = tiny.config(
        architecture="dlib-resnet",
        template=((0.3, 0.3), (0.7, 0.3), (0.5, 0.5), (0.3, 0.7), (0.7, 0.7)),
        cam=CamConfig("layercam", "stage2"),
        open_set=OpenSetCalibration(top1=1.0, lead=2.0, intercept=-3.0, cohort=9),
    )
    assert ModelConfig.from_json(config.to_json()) == config


def test_a_file_written_before_there_were_galleries_is_a_vgg_with_grad_cam() -> None:
    stored = json.loads(tiny.config().to_json())
    for field in ("architecture", "template", "cam", "mirrored", "logit_scale", "open_set"):
        del stored[field]
    config = ModelConfig.from_json(json.dumps(stored | {"known": [1.0, 2.0, 3.0]}))
    assert config == tiny.config()
    assert config.cam.method == "gradcam"
    assert not config.has_gallery
