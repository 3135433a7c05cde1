"""The exercises of the course, by name."""

from __future__ import annotations

import tomllib
from pathlib import Path

from cnnlab.activations import relu_backward as relu_backward_of
from cnnlab.convolution import conv2d_backward as conv2d_backward_of
from cnnlab.course.exercises import cases, planes, runner
from cnnlab.course.exercises.compare import Task
from cnnlab.course.exercises.exercise import Exercise
from cnnlab.course.exercises.mistakes_backward import loss_back
from cnnlab.course.exercises.mistakes_forward import layer
from cnnlab.course.exercises.mistakes_training import chain, chain2
from cnnlab.geometry import output_size as output_size_of
from cnnlab.geometry import same_padding as same_padding_of
from cnnlab.gradcheck import numerical_gradient

HINTS = tomllib.loads((Path(__file__).parent / "hints.toml").read_text(encoding="utf-8"))


def exercise(name, signature, right, cases_of, tried, *, play=runner.once, **more) -> Exercise:
    """Return an exercise from its signature, such as "x w -> y"."""
    arguments, results = (tuple(side.split()) for side in signature.split("->"))
    task = Task(
        arguments,
        tuple(result.replace("_", " ") if play is runner.epochs else result for result in results),
        play,
        right,
        **more,
    )
    return Exercise(name, task, cases_of, tried, tuple(HINTS[name]))


WHOLE_AND_NOT = "whole numbers and fractions of both signs"

conv2d = exercise(
    "conv2d", "x w -> y", planes.conv, cases.conv2d, f"planes up to 6×7, kernels of eight shapes, {WHOLE_AND_NOT}"
)
output_size = exercise(
    "output_size",
    "R F P S -> size",
    lambda R, F, P, S: output_size_of(R, F, stride=S, padding=P),
    cases.output_sizes,
    "all R to 11, F to 5, P to 3 and S to 4 where the kernel fits, and some larger ones",
)
same_padding = exercise("same_padding", "F -> before after", same_padding_of, cases.same_padding, "F from 1 to 12")
conv_layer = exercise(
    "conv_layer",
    "x w b -> y",
    layer,
    cases.conv_layer,
    f"1 to 3 channels and filters, kernels 1×1 to 3×3, {WHOLE_AND_NOT}",
)
parameters = exercise(
    "parameters",
    "C K F -> count",
    lambda C, K, F: K * (C * F * F + 1),
    cases.parameters,
    "layers of 2 to 73,856 parameters",
)
max_pool = exercise(
    "max_pool",
    "x F S P -> y winners",
    lambda x, F, S, P: planes.max_pool(x, kernel=F, stride=S, padding=P),
    cases.max_pool,
    "windows 1×1 to 3×3, apart and overlapping, with padding, ties, and negative cells alone",
)
mean_pool = exercise(
    "mean_pool",
    "x F S -> y",
    lambda x, F, S: planes.mean_pool(x, kernel=F, stride=S),
    cases.mean_pool,
    f"windows 1×1 to 3×3, apart and overlapping, with leftover cells, {WHOLE_AND_NOT}",
)
relu_backward = exercise(
    "relu_backward",
    "da z -> dz",
    relu_backward_of,
    cases.relu_backward,
    "arrays of several shapes, with z = 0 among them",
)
loss_backward = exercise(
    "loss_backward",
    "logits labels -> dlogits",
    loss_back,
    cases.loss_backward,
    "1 to 5 images, 2 to 6 classes, scores up to ±1200",
)
conv2d_backward = exercise(
    "conv2d_backward",
    "dy x w stride padding -> dx dw db",
    lambda dy, x, w, stride, padding: conv2d_backward_of(dy, x, w, stride=stride, padding=padding),
    cases.conv2d_backward,
    "1 and 2 images, 1 to 3 channels and filters, strides 1 to 3, padding 0 to 2, leftover cells",
)
dx_gather = exercise(
    "dx_gather",
    "dy w -> dx",
    planes.transposed,
    cases.dx_gather,
    f"planes up to 4×5, kernels of seven shapes, {WHOLE_AND_NOT}",
)
max_pool_backward = exercise(
    "max_pool_backward",
    "dy winners x_shape -> dx",
    planes.max_back,
    cases.max_pool_backward,
    "windows apart and overlapping, with padding, ties and leftover cells",
)
mean_pool_backward = exercise(
    "mean_pool_backward",
    "dy x_shape F S -> dx",
    lambda dy, x_shape, F, S: planes.mean_back(dy, x_shape, kernel=F, stride=S),
    cases.mean_pool_backward,
    "windows apart and overlapping, with leftover cells",
)
chain_backward = exercise(
    "chain_backward",
    "x w_A w_B delta_zB -> dL_dp delta_zA dw_A dw_B",
    chain(),
    cases.chain_backward,
    "images 8×8 to 12×8, sigmoid, mean pooling 2×2, kernels 3×3",
)
chain2_backward = exercise(
    "chain2_backward",
    "x w dL_dpB -> delta_z dL_dpA dw dL_dx",
    chain2(),
    cases.chain2_backward,
    "images 8×8 to 12×8, sigmoid, mean pooling 2×2, a kernel 3×3",
)
gradient_check = exercise(
    "gradient_check",
    "f x dy step -> dx",
    lambda f, x, dy, step: numerical_gradient(f, x, dy, step=step),
    cases.gradient_check,
    "six functions, steps 0.001 to 0.5, whole numbers in x too",
)
sgd_step = exercise(
    "sgd_step",
    "params grads velocity rate momentum -> step_1 step_2 step_3",
    runner.sgd,
    cases.sgd_step,
    "three steps each with two rates and three momenta",
    play=runner.steps,
    changes=("params", "velocity"),
)
epoch = exercise(
    "epoch",
    f"model x y batch_size rng -> {' '.join(fact.replace(' ', '_') for fact in runner.FACTS)}",
    runner.right_epoch,
    cases.epoch,
    "17 to 24 images in batches of 4 to 8, three epochs each",
    play=runner.epochs,
    inputs=("images", "batch_size", "seed"),
    facts=True,
)
conv_transpose2d = exercise(
    "conv_transpose2d",
    "x w stride -> y",
    lambda x, w, stride: planes.transposed(x, w, stride=stride),
    cases.conv_transpose2d,
    f"planes up to 3×4, strides 1 to 3, {WHOLE_AND_NOT}",
)

EXERCISES = {value.name: value for value in list(vars().values()) if isinstance(value, Exercise)}
