/* A crowd of signed-in clients: connects them a few at a time, from a plan with a line per client: ROOM TAB HELLO.
 * A client says its hello when Engine.IO greets it, or at once where `ready_mark` is not Socket.IO's; it is in when that comes. */
#include "websocket.h"

enum { OPENING_AT_MOST = 100, TIMEOUT_SECONDS = 120 };

typedef struct {
    char *hello; /* what it answers the Engine.IO handshake with */
    int room, is_ready;
} Client;

static WebSocket *sockets;
static Client *clients;
static int client_count, ready_count, lost_count;
static const char socket_io_ready[] = "42[\"ready\"", *ready_mark = socket_io_ready;

static void read_plan(const char *path) {
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    if (!file) die(path);
    while ((length = getline(&line, &size, file)) > 0) {
        clients = realloc(clients, (size_t)(client_count + 1) * sizeof *clients);
        if (line[length - 1] == '\n') line[length - 1] = 0;
        char *hello = strchr(line, '\t');
        if (!hello) give_up("not a plan", line, (size_t)length);
        for (char *c = hello; *c; c++) if (*c == '\v') *c = '\n'; /* a line within the hello */
        clients[client_count++] = (Client){.hello = strdup(hello + 1), .room = atoi(line)};
    }
    fclose(file);
    sockets = calloc((size_t)client_count, sizeof *sockets);
}

/* Handle what belongs to getting in; false: it is something else. */
static int on_entering(WebSocket *s, const char *text, size_t length) {
    Client *client = &clients[s->number];
    if (client->is_ready) return 0;
    if (memmem(text, length, ready_mark, strlen(ready_mark))) { client->is_ready = 1; ready_count++; }
    else if (*text == '0') send_text(s, client->hello, strlen(client->hello));
    else if (length > 1 && text[0] == '4' && text[1] == '4') give_up("refused", text, length);
    return 1;
}

static void on_upgraded(WebSocket *s) {
    const char *hello = clients[s->number].hello;
    if (ready_mark == socket_io_ready) return;
    send_text(s, hello, strlen(hello));
}

static void connect_crowd(const char *host, int port) {
    uint64_t deadline = now_ns() + TIMEOUT_SECONDS * 1000000000ull;
    for (int opened = 0; ready_count < client_count;) {
        while (opened < client_count && opened - ready_count < OPENING_AT_MOST) {
            open_websocket(&sockets[opened], opened, host, port);
            opened++;
        }
        poll_once(10);
        if (lost_count) give_up("a connection was lost", "", 0);
        if (now_ns() > deadline) {
            fprintf(stderr, "only %d of %d clients are ready\n", ready_count, client_count);
            exit(1);
        }
    }
}
