"""The Jupyter Server extension: it is found, and its connections keep nothing back."""

from __future__ import annotations

import asyncio
import json
import socket
from importlib.resources import files
from importlib.util import find_spec
from types import SimpleNamespace

import pytest
from jupyter_core.paths import jupyter_config_path
from jupyter_server.config_manager import BaseJSONConfigManager
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from cnnlab.publish import server


class Connection:
    """As Jupyter Server makes them: of a handler, when a websocket opens."""

    def __init__(self, websocket_handler):
        self.websocket_handler = websocket_handler

    def connect(self):
        return "connected"


class Handler(WebSocketHandler):
    """Tells whoever connects what its connection answered, and whether its socket sends at once."""

    def open(self):
        answer = self.settings[server._CONNECTION](self).connect()
        option = self.ws_connection.stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        self.write_message(json.dumps([answer, bool(option)]))


async def ask(application: Application) -> list:
    listening, port = bind_unused_port()
    http = HTTPServer(application)
    http.add_socket(listening)
    client = await websocket_connect(f"ws://127.0.0.1:{port}/")
    answer = json.loads(await client.read_message())
    client.close()
    http.stop()
    await http.close_all_connections()
    return answer


@pytest.mark.parametrize("extended", [False, True])
def test_a_connection_sends_at_once_and_does_all_else_as_before(extended):
    application = Application([("/", Handler)], **{server._CONNECTION: Connection})
    if extended:
        server._load_jupyter_server_extension(SimpleNamespace(web_app=application))
    assert asyncio.run(ask(application)) == ["connected", extended]


class Broken:
    """A websocket that cannot be told anything."""

    def set_nodelay(self, value):
        raise OSError


@pytest.mark.parametrize("websocket", [Broken(), None])
def test_a_connection_that_cannot_send_at_once_connects_as_before(websocket):
    assert server._send_at_once(Connection)(websocket).connect() == "connected"


@pytest.mark.parametrize("settings", [{}, {server._CONNECTION: None}, {server._CONNECTION: bool}, None])
def test_a_server_of_another_make_stays_as_it_is(settings):
    before = settings and dict(settings)
    server._load_jupyter_server_extension(SimpleNamespace(web_app=SimpleNamespace(settings=settings)))
    server._load_jupyter_server_extension(None)
    assert settings == before


def test_an_installed_cnnlab_is_among_the_extensions_of_the_server():
    """In an editable install, as in CI, too. One that is older than a change of these files fails: install again."""
    shipped = json.loads(files("cnnlab.publish").joinpath("server.json").read_text(encoding="utf-8"))["ServerApp"]
    found = (BaseJSONConfigManager(config_dir=folder).get("jupyter_server_config") for folder in jupyter_config_path())
    enabled = [config.get("ServerApp", {}).get("jpserver_extensions", {}) for config in found]
    assert any(shipped["jpserver_extensions"].items() <= extensions.items() for extensions in enabled)
    assert all(map(find_spec, shipped["jpserver_extensions"]))
