"""The same mathematics as plain loops that read like the definitions: slow, obviously right, and the tests' oracle.

Names, arguments and results are those of the functions of cnnlab; here stands what each of them means. Arguments are
checked as far as the loops need it: these functions are there to be read and compared with. They count windows and
place them by themselves, so that a mistake in the arithmetic of :mod:`cnnlab.geometry` shows.
"""

from cnnlab.reference.network import *
from cnnlab.reference.windows import *
