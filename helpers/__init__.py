"""The package behind the course "From ReLU to RMSprop".

The notebooks teach; these modules hold what they share. Imports run one way,
mathematics <- plots <- explorers <- notebooks:

==================  ==================================================================
`activations`       ReLU and its relatives, with their derivatives
`losses`            what a prediction costs, sample by sample, with the gradients
`optimizers`        SGD and RMSprop: from a gradient to the next step
`network`           dense layers, and their training from end to end
`gradients`         central differences, to check any derivative
`datasets`          real data, embedded stand-ins, and synthetic tasks in the plane
`data_files`        the files of the real data: cached, downloaded, compared with their sums
`validation`        the argument checks that the mathematics shares
`plots`             functions that draw on given axes; the palette; figures with text
`explorers`         the sliders: an engine, and the explorers of each lesson
`exercises`         `check`, `hint` and `solution`, and the exercises of each lesson
==================  ==================================================================

Importing this package does one thing besides defining names: it quiets
TensorFlow's start-up messages (`helpers.tensorflow_startup`), so that a learner
meets no red text that means nothing. It sets, unless you have set them,

- ``TF_CPP_MIN_LOG_LEVEL=3``: no information and warning lines from TensorFlow's C++;
- ``TF_ENABLE_ONEDNN_OPTS=0``: no notice about oneDNN, and sums in one fixed order;

and leaves out, once, the lines about missing CUDA drivers that TensorFlow prints
all the same when it is first imported. Nothing in `helpers` imports TensorFlow or
Keras when it is itself imported: the first half of each lesson runs without them.
"""

from helpers.tensorflow_startup import quiet_tensorflow

__all__ = ["quiet_tensorflow"]

quiet_tensorflow()
