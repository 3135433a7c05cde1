"""The explorers: interactive views of one operation each, in one widget each; :mod:`cnnlab.lab` has their names."""
