"""The same mathematics as plain loops that read like the definitions: slow, obviously right, and the tests' oracle.

Names, arguments and results are those of the functions of cnnlab; here is the definition of each. Arguments are checked
only as far as the loops need it: these functions are meant to be read and compared with. They count and place windows
themselves, so that a mistake in the arithmetic of :mod:`cnnlab.geometry` shows.
"""

from cnnlab.reference.network import *
from cnnlab.reference.windows import *
