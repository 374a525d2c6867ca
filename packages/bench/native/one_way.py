"""One end of a pipe in pyzmq, one message per call; arguments and lines as in one-way.c."""

import sys

import zmq

kind, size, *endpoint = sys.argv[1:]
context = zmq.Context()
body = b"x" * int(size)
if kind == "pull":
    socket = context.socket(zmq.PULL)
    socket.bind("tcp://127.0.0.1:*")
    print(socket.getsockopt_string(zmq.LAST_ENDPOINT), flush=True)
else:
    socket = context.socket(zmq.PUSH)
    socket.connect(endpoint[0])
for line in sys.stdin:
    if kind == "pull":
        for _ in range(int(line)):
            if len(socket.recv()) != len(body):
                sys.exit("a message has another size")
    else:
        for _ in range(int(line)):
            socket.send(body)
    print("done", flush=True)
