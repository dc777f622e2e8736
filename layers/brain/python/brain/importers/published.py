"""Configurations of the published networks that can be imported."""

from __future__ import annotations

from brain.recognition.config import CamConfig, ModelConfig, OpenSetCalibration

# Parkhi, Vedaldi, Zisserman, "Deep Face Recognition", BMVC 2015. The mean is in R, G, B order here; an
# import turns it to the order of its file.
VGG_FACE = ModelConfig(
    name="vgg-face",
    version="1.0",
    blocks=((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)),
    fully_connected=(4096, 4096),
    identities=2622,
    input_size=224,
    mean=(129.1863, 104.7624, 93.5940),
    scale=1.0,
    channel_order="RGB",
    crop_scale=1.5,
    training_data="VGG-Face: 2.6 million photos of 2,622 people, collected from the web",
    licence="non-commercial research only",
)

# Davis King, dlib's examples/dnn_face_recognition_ex.cpp; mean and scale are those of its input layer. The
# template is the median of the landmarks that `brain.face` finds in the chips that dlib itself cuts out of
# 400 LFW photos, 2 % larger. The model card says on which photos logit scale and calibration were fitted.
DLIB_RESNET = ModelConfig(
    name="dlib-resnet",
    version="1.0",
    architecture="dlib-resnet",
    identities=1,  # as many as the gallery once it is loaded
    input_size=150,
    mean=(122.782, 117.001, 104.298),
    scale=1 / 256,
    channel_order="RGB",
    crop_scale=1.4,
    template=(
        (0.3003, 0.3095),
        (0.6851, 0.3012),
        (0.494, 0.5262),
        (0.3249, 0.698),
        (0.6729, 0.692),
    ),
    cam=CamConfig("layercam", "stage2"),
    mirrored=True,
    logit_scale=260.0,
    open_set=OpenSetCalibration(top1=0.4195, lead=0.5202, intercept=-107.27, cohort=49),
    training_data="about 3 million photos of 7,485 people: FaceScrub, VGG-Face, and photos from the web",
    licence="CC0 1.0",
)

BASE_CONFIGS = {config.name: config for config in (VGG_FACE, DLIB_RESNET)}
