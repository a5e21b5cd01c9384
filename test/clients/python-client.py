# What a program with python-socketio does: one client, every step, and what it saw as a line of JSON for python.test.ts to judge.
# usage: python-client.py URL TRANSPORTS TEXTS, the last two as JSON lists
# The client is the one of asyncio: the other one starts a thread for each packet, and keeps no order of its own.
import asyncio
import json
import sys

import socketio
from engineio.payload import Payload

url, transports, texts = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
BYTES = bytes(range(256))
LIMIT = 15  # seconds for any single thing
COUNT = 200
# A client that polls takes 16 packets at a time unless told otherwise, and closes at more: a bound that servers are not told of.
Payload.max_decode_packets = 2 * COUNT


def plain(x):
    """The value with {'bytes': [...]} for all that is binary in it: JSON knows no bytes."""
    if isinstance(x, (bytes, bytearray)):
        return {'bytes': list(x)}
    if isinstance(x, (list, tuple)):
        return [plain(y) for y in x]
    if isinstance(x, dict):
        return {key: plain(y) for key, y in x.items()}
    return x


async def next_of(queue):
    return await asyncio.wait_for(queue.get(), LIMIT)


async def main():
    client = socketio.AsyncClient(reconnection=False)
    messages, down, connected, refused = asyncio.Queue(), asyncio.Queue(), asyncio.Queue(), asyncio.Queue()
    client.on('message', messages.put_nowait)
    client.on('down', down.put_nowait)
    # What a handler returns is the acknowledgement.
    client.on('ask', lambda x: (x, b'\x07'))
    client.on('connect', lambda: connected.put_nowait('/'))
    client.on('connect', lambda: connected.put_nowait('/chat'), namespace='/chat')
    client.on('connect_error', refused.put_nowait, namespace='/refused')

    async def ask(*args, **kwargs):
        return await client.call(*args, timeout=LIMIT, **kwargs)

    await client.connect(url, transports=transports, namespaces=['/', '/chat', '/refused'], wait=False)
    seen = {'connected': sorted([await next_of(connected), await next_of(connected)]), 'refused': await next_of(refused)}
    seen['transport'] = client.transport()
    seen['sid'] = client.get_sid()
    seen['whoami'] = await ask('whoami')
    seen['chat'] = (await ask('whoami', namespace='/chat'))['nsp']
    seen['greeting'] = await ask('greeting')
    for text in texts:
        await client.send(text)
    seen['echoes'] = [await next_of(messages) for _ in texts]
    seen['units'] = [await ask('units', text) for text in texts]
    seen['sum'] = await ask('sum', (2, 3))
    value = {'text': 'é 😀', 'deep': [BYTES, {'again': b'', 'n': 1}]}
    seen['bytes'] = plain(await ask('bytes', value))
    seen['asked'] = plain(await ask('ask me', value))
    for i in range(COUNT):
        await client.emit('up', i if i % 20 else bytes([i]))
    seen['up'] = plain(await ask('burst'))
    await client.emit('many', (COUNT, 20))
    seen['down'] = plain([await next_of(down) for _ in range(COUNT)])
    await client.disconnect()
    print(json.dumps(seen))

asyncio.run(main())
