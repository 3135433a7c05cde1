"""Exercises: functions to write, checks that say which mistake was made, hints, and solutions on request.

>>> from cnnlab.course import exercises
>>> def my_output_size(R, F, P, S):
...     return (R - F + 2 * P) // S
>>> exercises.output_size.check(my_output_size).mistake
'no + 1'
"""

from cnnlab.course.exercises.tasks import (
    EXERCISES,
    chain2_backward,
    chain_backward,
    conv2d,
    conv2d_backward,
    conv_layer,
    conv_transpose2d,
    dx_gather,
    epoch,
    gradient_check,
    loss_backward,
    max_pool,
    max_pool_backward,
    mean_pool,
    mean_pool_backward,
    output_size,
    parameters,
    relu_backward,
    same_padding,
    sgd_step,
)

__all__ = ["EXERCISES", *EXERCISES]
