"""A Jupyter Server extension, so that the cells of an explorer follow its sliders without a delay.

A kernel answers a slider in three or four small messages. The server's sockets hold back a small message until the
browser has acknowledged the one before (Nagle's algorithm), and a browser may take 40 ms to do so, on the same machine
too. With this extension, the connections to kernels send at once.

Installing cnnlab puts a copy of this file beside the package, as the module ``cnnlab_server``, so that the server
imports neither cnnlab nor numpy. ``server.json`` is installed with Jupyter Server's configuration, which makes it load
the module. Source: J. Nagle, RFC 896 (1984); RFC 1122, section 4.2.3.2 (delayed acknowledgements).
"""

from contextlib import suppress

_CONNECTION = "kernel_websocket_connection_class"  # a setting of Jupyter Server


def _send_at_once(connection_class):
    """Return a subclass of a server's kernel connection that holds back no message."""

    class PromptConnection(connection_class):
        def connect(self):
            with suppress(Exception):  # an unknown kind of server: slower, but it works
                self.websocket_handler.set_nodelay(True)
            return super().connect()

    return PromptConnection


def _jupyter_server_extension_points():
    return [{"module": __name__}]


def _load_jupyter_server_extension(server_app):
    with suppress(Exception):  # a server without this setting stays as it is
        settings = server_app.web_app.settings
        settings[_CONNECTION] = _send_at_once(settings[_CONNECTION])
