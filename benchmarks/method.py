"""How the figures are measured, in words."""

METHOD = """\
- **AVX2.** Most people's processors multiply neither bfloat16 nor 512 bits at a time. Therefore the
  headline rows restrict torch, oneDNN, MKL and OpenCV to AVX2 (`benchmarks/conditions.py`), whatever the
  processor can do.
- **Busy neighbour.** Another process computes in an endless loop on one of the processors.
- **Same conditions.** Contenders of one table run in one process (or, if processes are measured, in
  processes one after the other) with the same torch, OpenCV, weights and photo. Every contender runs once
  per round, in rotating order. Ratios are taken within each round.
- **Stored.** The explain function's handler against a local storage server written in Python (moto), from
  the event to the last PUT. The plain pipeline uses the same server: Pillow, YuNet, a similarity
  transform, one forward pass, `cropped.jpg` and a small `result.json` (`benchmarks/plain.py`).
- **Forward passes** are counted by BRAIN in `passes` of result.json; a pass over a part of the network
  counts as the part that it computes.
- **Maps by perturbation.** BRAIN's time of everything is from the photo's bytes to the last sentence. That
  of the evidence map alone is from the crop: preprocessing, naming, gradients, windows. A peer's time is
  that of one map from the preprocessed tensor. Occlusion runs in batches of 16
  with the blurred input as baseline, with windows of several sizes and distances; the table of goals takes
  the cheapest of them whose mean deletion and insertion are both at least as good as BRAIN's. If none is,
  all that take less time than the most expensive one are worse than BRAIN, and the ratio to that one is
  a lower bound of the ratio at equal quality. AblationCAM and
  ScoreCAM use the last layer, as their documentation recommends, and the layer that BRAIN draws its
  activation map from too. AblationCAM shows the network one altered activation per channel: 256 at the
  last layer, 64 at BRAIN's. A tenth of that is 26 and 6 passes, fewer than the 80 that everything may take,
  so that both goals cannot be met together; the evidence map alone takes about 26. Only the evidence map
  alone does what the peers do. Deletion and insertion are measured at fractions that BRAIN does not look at
  itself.
- **VGG-Face** has random weights (He initialisation), which take as much time as trained ones. deepface
  reads the same ones from a `vgg_face_weights.pth` in its own format. It detects, aligns and embeds one
  face.
- **Grad-CAM.** BRAIN's time starts from the crop and includes resizing, the forward pass, selecting the
  top five and all five maps. A peer's time starts from the preprocessed tensor and yields one map. The
  peers run the same network written as plain torch modules, with gradients required for all weights, as
  after loading. BRAIN computes its 3x3 convolutions by Winograd's minimal filtering where no gradient is
  wanted; torch's own convolutions do not. The rows "weights frozen before the layer" are the fastest
  configuration that we know for the peers.
- **torchvision**, which pytorch-grad-cam imports for image transforms, is compiled against torch's CUDA
  build on PyPI. With the CPU build its missing operators are declared so that the import succeeds; no
  measurement uses them (`benchmarks/peers.py`).
- **Local stack.** `make start`'s processes, with small photos of scikit-image's astronaut dropped into
  the bucket at once, from the first PUT until the API answers `done` for all.
- **Page.** The local stack's page in headless Chromium on the same machine, from the end of the POST that
  carries the 12-megapixel photo until the result is visible, and until nothing in it is pending.
- **Memory** is the peak of resident memory (VmHWM) of a fresh process that explains the 12-megapixel
  photo twice with full checks. It includes memory-mapped weights, which the system can drop and read
  again at any time.
- **Start** is from starting Python to the end of the process; likewise for the API function. BRAIN
  switches Python's garbage collector off while it imports (`brain.core.gc`), the plain imports do not.
"""
