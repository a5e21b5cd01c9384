"""gevent-socketio as a target: echoes messages, sends 128 bytes to everyone on `bcast`."""
import gc
import inspect
import logging
import os
import signal
import sys

import gevent
import gevent.hub
from gevent import monkey

monkey.patch_all()
sys.path.insert(0, os.environ['GEVENT_SOCKETIO'])

# Gone from the inspect module since the library was written.
if not hasattr(inspect, 'getargspec'):
    inspect.getargspec = inspect.getfullargspec

from socketio import socketio_manage, transports
from socketio.namespace import BaseNamespace
from socketio.server import SocketIOServer

# gevent wants bytes where the library writes text. Nothing else of it is changed.
_write = transports.BaseTransport.write
transports.BaseTransport.write = lambda self, data=b'': _write(self, data.encode('utf-8') if isinstance(data, str) else data)

# Clients that hang up must not cost it the printing of tracebacks.
logging.disable(logging.CRITICAL)
gevent.hub.Hub.print_exception = lambda *args, **kwargs: None

PUSH = 'x' * 128


class Echo(BaseNamespace):
    def recv_message(self, data):
        if data != 'bcast':
            self.send(data)
            return
        packet = dict(type='message', data=PUSH, endpoint='')
        for each in list(self.socket.server.sockets.values()):
            if each.connected:
                each.send_packet(packet)


def app(environ, start_response):
    if environ['PATH_INFO'].startswith('/socket.io'):
        return socketio_manage(environ, {'': Echo})
    start_response('200 OK', [])
    return [b'hi']


def collect():
    gc.collect()
    print('MEM {}', flush=True)


if __name__ == '__main__':
    server = SocketIOServer(('127.0.0.1', int(sys.argv[1])), app, policy_server=False,
                            transports=['websocket', 'xhr-polling'], log=None, backlog=4096)
    gevent.signal_handler(signal.SIGUSR2, collect)
    gevent.signal_handler(signal.SIGTERM, lambda: os._exit(0))
    server.start()
    gevent.wait()
