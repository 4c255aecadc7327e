/* A load client for the chain: many sockets on one epoll loop, so that the client costs little of the machine it shares.
 *
 * usage: load_client HOST PORT PLAN SECONDS WARMUP closed OUTSTANDING
 *        load_client HOST PORT PLAN SECONDS WARMUP open   MESSAGES_PER_SECOND
 * PLAN has a line per socket: an access token, then the ids of the rooms that it sends to in turn.
 * Prints one JSON object: acked and delivered messages, errors, gaps, and latencies in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROOMS = 8, IN_SIZE = 1 << 20, OUT_SIZE = 1 << 18, IN_FLIGHT = 4096, SAMPLES = 8 << 20, ROOM_TABLE = 4096 };

typedef struct {
    int fd;
    int upgraded, joined, rooms, next_room, outstanding, broken;
    char token[2048];
    char room[MAX_ROOMS][40];
    long seq[MAX_ROOMS]; /* the last seq seen in each room, 0 before the first */
    uint64_t sent_at[IN_FLIGHT];
    uint32_t next_id;
    char *in, *out;
    size_t in_length, out_length;
} Socket;

typedef struct { uint32_t *values; size_t count; } Samples;

static Socket *sockets;
static int socket_count, ready_count, epoll_fd;
static uint64_t measured_from, acked, failed, delivered, gaps, sent, lost_sockets;
static Samples ack_times, delivery_times;
static char first_error[256];
static uint64_t run_id; /* so that no cid of an earlier run comes again */

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what) { perror(what); exit(1); }

static void note(Samples *samples, uint64_t began, uint64_t now) {
    if (began >= measured_from && measured_from && samples->count < SAMPLES)
        samples->values[samples->count++] = (uint32_t)((now - began) / 1000);
}

static void flush_out(Socket *s) {
    size_t done = 0;
    while (done < s->out_length) {
        ssize_t n = write(s->fd, s->out + done, s->out_length - done);
        if (n <= 0) break;
        done += (size_t)n;
    }
    memmove(s->out, s->out + done, s->out_length - done);
    s->out_length -= done;
    struct epoll_event event = {.events = EPOLLIN | (s->out_length ? EPOLLOUT : 0), .data.ptr = s};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, s->fd, &event);
}

/* A masked text frame; a mask of zeros leaves the payload as it is. */
static void frame(Socket *s, const char *payload, size_t length) {
    if (s->out_length + length + 8 > OUT_SIZE) { s->broken = 1; return; }
    unsigned char *p = (unsigned char *)s->out + s->out_length;
    *p++ = 0x81;
    if (length < 126) *p++ = (unsigned char)(0x80 | length);
    else { *p++ = 0x80 | 126; *p++ = (unsigned char)(length >> 8); *p++ = (unsigned char)length; }
    memset(p, 0, 4);
    memcpy(p + 4, payload, length);
    s->out_length = (size_t)((char *)p + 4 + length - s->out);
}

static void send_message(Socket *s, uint64_t due) {
    char text[512];
    uint32_t id = s->next_id++;
    s->sent_at[id % IN_FLIGHT] = due;
    int length = snprintf(text, sizeof text,
        "42%u[\"message:send\",{\"room_id\":\"%s\",\"cid\":\"%llx-%d-%u\",\"text\":\"@%llu a message about as long as people write them, sixty-odd letters\"}]",
        id, s->room[s->next_room], (unsigned long long)run_id, s->fd, id, (unsigned long long)due);
    s->next_room = (s->next_room + 1) % s->rooms;
    s->outstanding++;
    sent++;
    frame(s, text, (size_t)length);
}

static void on_event(Socket *s, const char *p, size_t length, uint64_t now) {
    const char *room = memmem(p, length < 160 ? length : 160, "\"room_id\":\"", 11);
    const char *seq = memmem(p, length < 200 ? length : 200, "\"seq\":", 6);
    if (!room || !seq) return;
    for (int i = 0; i < s->rooms; i++)
        if (!memcmp(room + 11, s->room[i], 36)) {
            long number = atol(seq + 6);
            if (s->seq[i] && number != s->seq[i] + 1) gaps++;
            s->seq[i] = number;
        }
    const char *mark = memmem(p, length, "\"text\":\"@", 9);
    if (!mark) return;
    uint64_t began = strtoull(mark + 9, NULL, 10);
    if (began >= measured_from && measured_from) delivered++;
    note(&delivery_times, began, now);
}

static void on_text(Socket *s, const char *p, size_t length, uint64_t now) {
    if (length && p[0] == '0') {
        char hello[2200];
        int n = snprintf(hello, sizeof hello, "40{\"token\":\"%s\"}", s->token);
        frame(s, hello, (size_t)n);
    } else if (length && p[0] == '2') {
        frame(s, "3", 1);
    } else if (length > 1 && p[0] == '4' && p[1] == '3') {
        char *rest;
        uint64_t began = s->sent_at[strtoul(p + 2, &rest, 10) % IN_FLIGHT];
        s->outstanding--;
        if (memmem(rest, length - (size_t)(rest - p), "\"ok\":true", 9)) {
            if (began >= measured_from && measured_from) acked++;
            note(&ack_times, began, now);
        } else {
            if (!failed) snprintf(first_error, sizeof first_error, "%.*s", (int)(length < 200 ? length : 200), p);
            failed++;
        }
    } else if (length > 10 && !memcmp(p, "42[\"event\"", 10)) {
        on_event(s, p, length, now);
    } else if (length > 10 && !memcmp(p, "42[\"ready\"", 10)) {
        if (!s->joined) { s->joined = 1; ready_count++; }
    } else if (length > 1 && p[0] == '4' && p[1] == '4') {
        fprintf(stderr, "refused: %.*s\n", (int)length, p);
        exit(1);
    }
}

static void on_data(Socket *s, uint64_t now) {
    char *p = s->in, *end = s->in + s->in_length;
    if (!s->upgraded) {
        char *body = memmem(p, s->in_length, "\r\n\r\n", 4);
        if (!body) return;
        if (memcmp(p, "HTTP/1.1 101", 12)) { fprintf(stderr, "%.200s\n", p); exit(1); }
        s->upgraded = 1;
        p = body + 4;
    }
    while (end - p >= 2) {
        unsigned char *h = (unsigned char *)p;
        size_t header = 2, length = h[1] & 0x7f;
        if (length == 126) { header = 4; if (end - p < 4) break; length = (size_t)h[2] << 8 | h[3]; }
        else if (length == 127) {
            header = 10;
            if (end - p < 10) break;
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | h[i];
        }
        if ((size_t)(end - p) < header + length) break;
        if ((h[0] & 0x0f) == 8) { s->broken = 1; lost_sockets++; }
        if ((h[0] & 0x0f) == 1) on_text(s, p + header, length, now);
        p += header + length;
    }
    s->in_length = (size_t)(end - p);
    memmove(s->in, p, s->in_length);
}

static void read_plan(const char *path) {
    FILE *file = fopen(path, "r");
    char line[8192];
    if (!file) die(path);
    sockets = calloc(20000, sizeof *sockets);
    while (fgets(line, sizeof line, file)) {
        Socket *s = &sockets[socket_count++];
        char *word = strtok(line, " \n");
        snprintf(s->token, sizeof s->token, "%s", word);
        while ((word = strtok(NULL, " \n")) && s->rooms < MAX_ROOMS) snprintf(s->room[s->rooms++], 40, "%s", word);
    }
    fclose(file);
}

static void open_socket(Socket *s, const char *host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
    int on = 1;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    s->in = malloc(IN_SIZE);
    s->out = malloc(OUT_SIZE);
    s->out_length = (size_t)snprintf(s->out, OUT_SIZE,
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n", host, port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, s->fd, &event);
    flush_out(s);
}

static void poll_once(int timeout_ms) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll_fd, events, 256, timeout_ms);
    for (int i = 0; i < count; i++) {
        Socket *s = events[i].data.ptr;
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
            ssize_t n = read(s->fd, s->in + s->in_length, IN_SIZE - s->in_length);
            if (n == 0 || (n < 0 && errno != EAGAIN)) {
                s->broken = 1;
                lost_sockets++;
                epoll_ctl(epoll_fd, EPOLL_CTL_DEL, s->fd, NULL);
                continue;
            }
            if (n > 0) { s->in_length += (size_t)n; on_data(s, now_ns()); }
        }
    }
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print_samples(const char *name, Samples *samples) {
    qsort(samples->values, samples->count, sizeof *samples->values, by_value);
    const double at[] = {0.5, 0.9, 0.99, 0.999};
    const char *names[] = {"p50", "p90", "p99", "p999"};
    printf(", \"%s\": {", name);
    for (int i = 0; i < 4; i++)
        printf("%s\"%s\": %u", i ? ", " : "", names[i],
               samples->count ? samples->values[(size_t)(at[i] * (double)(samples->count - 1))] : 0);
    printf("}");
}

int main(int argc, char **argv) {
    if (argc != 8) { fprintf(stderr, "usage: load_client HOST PORT PLAN SECONDS WARMUP closed|open NUMBER\n"); return 2; }
    double seconds = atof(argv[4]), warmup = atof(argv[5]), number = atof(argv[7]);
    int is_open = !strcmp(argv[6], "open");
    run_id = now_ns();
    epoll_fd = epoll_create1(0);
    ack_times.values = malloc(SAMPLES * sizeof(uint32_t));
    delivery_times.values = malloc(SAMPLES * sizeof(uint32_t));
    read_plan(argv[3]);
    for (int i = 0; i < socket_count; i++) {
        open_socket(&sockets[i], argv[1], atoi(argv[2]));
        poll_once(0);
        for (int j = 0; j <= i; j++) if (sockets[j].out_length) flush_out(&sockets[j]);
    }
    uint64_t give_up = now_ns() + 30000000000u;
    while (ready_count < socket_count) {
        poll_once(10);
        for (int i = 0; i < socket_count; i++) if (sockets[i].out_length) flush_out(&sockets[i]);
        if (now_ns() > give_up) { fprintf(stderr, "only %d of %d sockets are ready\n", ready_count, socket_count); return 1; }
    }
    uint64_t start = now_ns(), from = start + (uint64_t)(warmup * 1e9), stop = from + (uint64_t)(seconds * 1e9);
    uint64_t scheduled = 0, drained = stop + 3000000000u;
    for (uint64_t now = start; now < drained; now = now_ns()) {
        if (!measured_from && now >= from) measured_from = from;
        if (now < stop) {
            if (is_open)
                while (start + (uint64_t)((double)scheduled * 1e9 / number) <= now) {
                    Socket *s = &sockets[scheduled % (uint64_t)socket_count];
                    uint64_t due = start + (uint64_t)((double)scheduled++ * 1e9 / number);
                    if (!s->broken) send_message(s, due);
                }
            else
                for (int i = 0; i < socket_count; i++)
                    while (!sockets[i].broken && sockets[i].outstanding < (int)number) send_message(&sockets[i], now);
        } else {
            int outstanding = 0;
            for (int i = 0; i < socket_count; i++) outstanding += sockets[i].broken ? 0 : sockets[i].outstanding;
            if (!outstanding) break;
        }
        for (int i = 0; i < socket_count; i++) if (sockets[i].out_length && !sockets[i].broken) flush_out(&sockets[i]);
        poll_once(1);
    }
    printf("{\"seconds\": %.1f, \"sent\": %llu, \"acked\": %llu, \"acked_per_second\": %.0f, \"delivered\": %llu, \"failed\": %llu, "
           "\"gaps\": %llu, \"lost_sockets\": %llu, \"first_error\": \"",
           seconds, (unsigned long long)sent, (unsigned long long)acked, (double)acked / seconds,
           (unsigned long long)delivered, (unsigned long long)failed, (unsigned long long)gaps,
           (unsigned long long)lost_sockets);
    for (char *c = first_error; *c; c++) if (*c != '"' && *c != '\\') putchar(*c);
    printf("\"");
    print_samples("ack_us", &ack_times);
    print_samples("delivery_us", &delivery_times);
    printf("}\n");
    return 0;
}
