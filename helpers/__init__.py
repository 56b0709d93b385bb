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
`validation`        the argument checks that the mathematics shares
`plots`             functions that draw on given axes; the palette; figures with text
`explorers`         the sliders: an engine, and the explorers of each lesson
`exercises`         `check`, `hint`, `solution`, `report`; the exercises of each lesson
==================  ==================================================================

Nothing in `helpers` imports TensorFlow or Keras; the "In Keras" cells of a lesson do. For them
the import of this package sets three variables, since each counts only before that import.
"""

import os

# The course runs on TensorFlow, whatever keras.json or this variable named.
os.environ["KERAS_BACKEND"] = "tensorflow"
# Unless you set them: no lines about drivers and processors, which a notebook shows in red, and
# sums in one fixed order. Errors still appear.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
