/* The floor under a fan-out: a server that does nothing but pass on what Redis brings, framed once, to everybody.
 *
 * usage: floor port= redis_port= redis_password= channel= coalesce=0|1
 * Coalescing: all that one read from Redis brought leaves in one write per client; else one write per delivery. A floor
 * speaks just enough of Socket.IO for our own client. A client that does not read is a bug here, not a case. */
#include "websocket.h"

typedef struct { int fd, is_open; } Peer;
typedef struct { int tag, fd; } Other;

static Peer *peers[65536];
static int peer_count, coalesce;
static Other listener = {-1, -1}, redis = {-1, -1};
static char *frames, *feed;
static size_t frames_length, feed_length;

static void on_text(WebSocket *s, const char *t, size_t l, uint64_t n) { (void)s; (void)t; (void)l; (void)n; }
static void on_lost(WebSocket *s) { (void)s; }
static void on_upgraded(WebSocket *s) { (void)s; }

static void send_frame(int fd, const char *text) {
    char frame[128] = {(char)0x81, (char)strlen(text)};
    strcpy(frame + 2, text);
    if (write(fd, frame, 2 + strlen(text)) < 0) perror("write");
}

static void write_to_all(const char *bytes, size_t length) {
    for (int i = 0; i < peer_count; i++)
        for (size_t done = 0; peers[i]->is_open && done < length;) {
            ssize_t n = write(peers[i]->fd, bytes + done, length - done);
            if (n > 0) done += (size_t)n;
            else if (errno != EAGAIN) peers[i]->is_open = 0;
        }
}

static void on_message(const char *payload, size_t length) {
    unsigned char *p = (unsigned char *)frames + frames_length;
    *p++ = 0x81;
    if (length < 126) *p++ = (unsigned char)length;
    else { *p++ = 126; *p++ = (unsigned char)(length >> 8); *p++ = (unsigned char)length; }
    memcpy(p, payload, length);
    frames_length = (size_t)((char *)p - frames) + length;
    if (!coalesce) { write_to_all(frames, frames_length); frames_length = 0; }
}

/* The next bulk string of a push, or NULL while it has not come whole. */
static char *bulk(char **p, char *end, size_t *length) {
    char *line = memchr(*p, '\n', (size_t)(end - *p));
    if (!line) return NULL;
    *length = strtoul(*p + 1, NULL, 10);
    if ((size_t)(end - line) < *length + 3) return NULL;
    *p = line + 1 + *length + 2;
    return line + 1;
}

static void on_redis(void) {
    ssize_t n = read(redis.fd, feed + feed_length, SCRATCH_SIZE - feed_length);
    if (n <= 0) { if (n < 0 && errno == EAGAIN) return; exit(0); }
    feed_length += (size_t)n;
    char *p = feed, *end = feed + feed_length, *whole = feed;
    while (p < end) {
        size_t length;
        char *line = memchr(p, '\n', (size_t)(end - p)), *kind, *payload;
        if (!line) break;
        if (*p != '*') { p = whole = line + 1; continue; } /* +OK, and the count that ends a confirmation */
        p = line + 1;
        if (!(kind = bulk(&p, end, &length)) || !bulk(&p, end, &length)) break;
        if (*kind == 's') { whole = p; continue; }
        if (!(payload = bulk(&p, end, &length))) break;
        on_message(payload, length);
        whole = p;
    }
    feed_length = (size_t)(end - whole);
    memmove(feed, whole, feed_length);
    if (frames_length) write_to_all(frames, frames_length);
    frames_length = 0;
}

static void on_other(void *what) {
    if (what == &redis) { on_redis(); return; }
    int on = 1, fd = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Peer *peer = peers[peer_count++] = calloc(1, sizeof **peers);
    peer->fd = fd;
    watch(fd, peer, EPOLLIN, EPOLL_CTL_ADD);
}

static void on_peer(Peer *peer) {
    char text[4096];
    ssize_t n = read(peer->fd, text, sizeof text);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        peer->is_open = 0;
        watch(peer->fd, peer, 0, EPOLL_CTL_DEL);
    } else if (n > 3 && !memcmp(text, "GET", 3)) {
        const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
        if (write(peer->fd, answer, sizeof answer - 1) < 0) perror("write");
        send_frame(peer->fd, "0{}");
    } else if (n > 0 && !peer->is_open) {
        peer->is_open = 1;
        send_frame(peer->fd, "42[\"ready\",{}]");
    }
}

int main(int argc, char **argv) {
    char command[512];
    const char *channel = option(argc, argv, "channel", NULL), *password = option(argc, argv, "redis_password", "");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(option(argc, argv, "port", NULL)))};
    struct epoll_event events[EVENTS];
    int on = 1;
    coalesce = atoi(option(argc, argv, "coalesce", NULL));
    begin_loop();
    frames = malloc(SCRATCH_SIZE * 2);
    feed = malloc(SCRATCH_SIZE);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    listener.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener.fd, (struct sockaddr *)&address, sizeof address) || listen(listener.fd, 4096)) die("listen");
    watch(listener.fd, &listener, EPOLLIN, EPOLL_CTL_ADD);
    redis.fd = dial("127.0.0.1", atoi(option(argc, argv, "redis_port", NULL)));
    int length = *password ? snprintf(command, sizeof command, "AUTH %s\r\n", password) : 0;
    length += snprintf(command + length, sizeof command - (size_t)length, "SUBSCRIBE %s\r\n", channel);
    fcntl(redis.fd, F_SETFL, 0); /* until it has connected */
    while (write(redis.fd, command, (size_t)length) < 0 && (errno == ENOTCONN || errno == EAGAIN)) usleep(1000);
    fcntl(redis.fd, F_SETFL, O_NONBLOCK);
    watch(redis.fd, &redis, EPOLLIN, EPOLL_CTL_ADD);
    for (;;) {
        int count = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < count; i++)
            if (*(int *)events[i].data.ptr < 0) on_other(events[i].data.ptr);
            else on_peer(events[i].data.ptr);
    }
}
