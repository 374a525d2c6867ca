/*
 * One end of a pipe in plain libzmq, one message per call: `one-way pull <size>` or `one-way push <size> <endpoint>`.
 * Pull prints the endpoint that it is bound to. Then each line on standard input is a number of messages to receive or send, and each is
 * answered by a line "done" when that has happened. It ends with its input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

int main(int argc, char **argv)
{
    char line[256];
    if (argc < 3)
        return 2;
    int pulls = strcmp(argv[1], "pull") == 0;
    int size = atoi(argv[2]);
    char *bytes = malloc(size + 1);
    memset(bytes, 'x', size + 1);
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, pulls ? ZMQ_PULL : ZMQ_PUSH);
    if (pulls) {
        size_t length = sizeof line;
        if (zmq_bind(socket, "tcp://127.0.0.1:*") != 0)
            fail("bind");
        if (zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, line, &length) != 0)
            fail("endpoint");
        puts(line);
        fflush(stdout);
    } else if (argc < 4 || zmq_connect(socket, argv[3]) != 0)
        fail("connect");
    while (fgets(line, sizeof line, stdin) != NULL) {
        for (long count = atol(line); count > 0; count--) {
            int moved = pulls ? zmq_recv(socket, bytes, size + 1, 0) : zmq_send(socket, bytes, size, 0);
            if (moved != size)
                fail(pulls ? "receive" : "send");
        }
        puts("done");
        fflush(stdout);
    }
    return 0;
}
