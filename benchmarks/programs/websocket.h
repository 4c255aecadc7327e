/* Many Socket.IO clients over WebSocket on one epoll loop, so that a load client costs little of the machine it shares.
 * A program includes this once and defines `on_upgraded`, `on_text`, `on_lost`, and `on_other` for what else it watches. */
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SCRATCH_SIZE = 4 << 20, OUT_AT_MOST = 1 << 20, READ_AT_MOST = 1 << 20, EVENTS = 256 };

typedef struct {
    int fd, number, upgraded, lost, is_dirty, is_writable_awaited;
    char *kept; /* the begin of a frame that has not come whole */
    size_t kept_length;
    char *out;
    size_t out_length, out_size;
} WebSocket;

static void on_upgraded(WebSocket *socket);
static void on_text(WebSocket *socket, const char *text, size_t length, uint64_t now);
static void on_lost(WebSocket *socket);
static void on_other(void *what);

static const char *path = "/socket.io/?EIO=4&transport=websocket";
static int epoll_fd = -1;
static char *scratch;
static WebSocket **dirty; /* those with something to send */
static size_t dirty_count, dirty_size;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what) { perror(what); exit(1); }

static void give_up(const char *why, const char *text, size_t length) {
    fprintf(stderr, "%s: %.*s\n", why, (int)(length < 300 ? length : 300), text);
    exit(1);
}

/* The value of `key=value` among the arguments. */
static const char *option(int argc, char **argv, const char *key, const char *otherwise) {
    size_t length = strlen(key);
    for (int i = 1; i < argc; i++)
        if (!strncmp(argv[i], key, length) && argv[i][length] == '=') return argv[i] + length + 1;
    if (!otherwise) { fprintf(stderr, "missing: %s=\n", key); exit(2); }
    return otherwise;
}

static void begin_loop(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll_fd = epoll_create1(0);
    scratch = malloc(SCRATCH_SIZE);
}

static int dial(const char *host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    if (fd < 0) die("socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

static void watch(int fd, void *what, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = what};
    epoll_ctl(epoll_fd, operation, fd, &event);
}

static void mark_dirty(WebSocket *s) {
    if (s->is_dirty) return;
    if (dirty_count == dirty_size) dirty = realloc(dirty, (dirty_size = dirty_size * 2 + 64) * sizeof *dirty);
    s->is_dirty = 1;
    dirty[dirty_count++] = s;
}

static void put(WebSocket *s, const void *bytes, size_t length) {
    if (s->out_length + length > OUT_AT_MOST) give_up("a server does not read", "", 0);
    if (s->out_length + length > s->out_size) s->out = realloc(s->out, s->out_size = s->out_length + length + 256);
    memcpy(s->out + s->out_length, bytes, length);
    s->out_length += length;
    mark_dirty(s);
}

/* A masked text frame; a mask of zeros leaves the payload as it is. */
static void send_text(WebSocket *s, const char *text, size_t length) {
    unsigned char header[8] = {0x81, (unsigned char)(0x80 | (length < 126 ? length : 126))};
    size_t size = 6;
    if (length >= 126) { header[2] = (unsigned char)(length >> 8); header[3] = (unsigned char)length; size = 8; }
    if (s->lost) return;
    put(s, header, size);
    put(s, text, length);
}

static void lose(WebSocket *s) {
    if (s->lost) return;
    s->lost = 1;
    close(s->fd);
    free(s->kept);
    free(s->out);
    s->kept = s->out = NULL;
    s->kept_length = s->out_length = s->out_size = 0;
    on_lost(s);
}

static void open_websocket(WebSocket *s, int number, const char *host, int port) {
    char request[512];
    *s = (WebSocket){.number = number, .is_dirty = s->is_dirty, .fd = dial(host, port)};
    if (s->fd < 0) { s->lost = 1; on_lost(s); return; }
    watch(s->fd, s, EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
    s->is_writable_awaited = 1;
    int length = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n", path, host, port);
    put(s, request, (size_t)length);
}

static void flush(WebSocket *s) {
    size_t done = 0;
    while (!s->lost && done < s->out_length) {
        ssize_t n = write(s->fd, s->out + done, s->out_length - done);
        if (n <= 0) break;
        done += (size_t)n;
    }
    memmove(s->out, s->out + done, s->out_length - done);
    s->out_length -= done;
    int is_awaited = s->out_length > 0;
    if (!s->lost && is_awaited != s->is_writable_awaited) {
        s->is_writable_awaited = is_awaited;
        watch(s->fd, s, EPOLLIN | (is_awaited ? EPOLLOUT : 0u), EPOLL_CTL_MOD);
    }
}

static void flush_all(void) {
    for (size_t i = 0; i < dirty_count; i++) {
        dirty[i]->is_dirty = 0;
        if (!dirty[i]->lost) flush(dirty[i]);
    }
    dirty_count = 0;
}

/* Handle the whole frames of what was read, and return how much of it they were. */
static size_t read_frames(WebSocket *s, char *begin, char *end) {
    char *p = begin;
    uint64_t now = now_ns();
    if (!s->upgraded) {
        char *body = memmem(p, (size_t)(end - p), "\r\n\r\n", 4);
        if (!body) return 0;
        if (memcmp(p, "HTTP/1.1 101", 12)) {
            if (!memcmp(p, "HTTP/1.1 503", 12)) { lose(s); return 0; } /* overloaded: to be tried again */
            give_up("no upgrade", p, (size_t)(end - p));
        }
        s->upgraded = 1;
        p = body + 4;
        on_upgraded(s);
    }
    while (!s->lost && end - p >= 2) {
        unsigned char *h = (unsigned char *)p;
        size_t header = 2, length = h[1] & 0x7f;
        if (length == 126) {
            if (end - p < 4) break;
            header = 4;
            length = (size_t)h[2] << 8 | h[3];
        } else if (length == 127) {
            if (end - p < 10) break;
            header = 10;
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | h[i];
        }
        if ((size_t)(end - p) < header + length) break;
        const char *text = p + header;
        if ((h[0] & 0x0f) == 8) lose(s);
        else if ((h[0] & 0x0f) == 1) {
            if (length == 1 && *text == '2') send_text(s, "3", 1); /* Engine.IO's ping */
            else if (length == 2 && *text == '{') send_text(s, "{}", 2); /* Centrifugo's */
            else on_text(s, text, length, now);
        }
        p += header + length;
    }
    return (size_t)(p - begin);
}

static void on_readable(WebSocket *s) {
    size_t length = s->kept_length;
    if (length) memcpy(scratch, s->kept, length);
    ssize_t n = read(s->fd, scratch + length, READ_AT_MOST);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) { lose(s); return; }
    length += (size_t)n;
    size_t done = read_frames(s, scratch, scratch + length);
    if (s->lost) return;
    if (length - done > SCRATCH_SIZE - READ_AT_MOST) give_up("a frame is too large", "", 0);
    if (done < length) {
        s->kept = realloc(s->kept, length - done);
        memcpy(s->kept, scratch + done, length - done);
    }
    s->kept_length = length - done;
}

static void poll_once(int timeout_ms) {
    struct epoll_event events[EVENTS];
    flush_all();
    int count = epoll_wait(epoll_fd, events, EVENTS, timeout_ms);
    for (int i = 0; i < count; i++) {
        WebSocket *s = events[i].data.ptr;
        /* Something else is told apart by what it begins with: an fd that is no socket's. */
        if (*(int *)events[i].data.ptr < 0) { on_other(s); continue; }
        if (s->lost) continue;
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(s);
        if (!s->lost && events[i].events & EPOLLOUT) mark_dirty(s);
    }
}

/* Latencies and other samples, in microseconds. */
typedef struct { uint32_t *values; size_t count, size; } Samples;

static void note(Samples *samples, uint64_t value) {
    if (samples->count == samples->size)
        samples->values = realloc(samples->values, (samples->size = samples->size * 2 + 4096) * sizeof(uint32_t));
    samples->values[samples->count++] = (uint32_t)value;
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void print_samples(const char *name, Samples *samples) {
    const double at[] = {0.5, 0.9, 0.95, 0.99, 0.999, 1};
    const char *names[] = {"p50", "p90", "p95", "p99", "p999", "max"};
    qsort(samples->values, samples->count, sizeof *samples->values, by_value);
    printf(", \"%s\": {\"count\": %zu", name, samples->count);
    for (int i = 0; i < 6; i++)
        printf(", \"%s\": %u", names[i],
               samples->count ? samples->values[(size_t)(at[i] * (double)(samples->count - 1))] : 0);
    printf("}");
}

/* Processor time of a process and all its threads, and if asked what of it was the kernel's. */
static double cpu_seconds_of(int pid, double *in_kernel) {
    char path[64], line[1024];
    unsigned long user = 0, kernel = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) die(path);
    if (fgets(line, sizeof line, file))
        sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
    fclose(file);
    if (in_kernel) *in_kernel = (double)kernel / (double)sysconf(_SC_CLK_TCK);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static double cpu_seconds(int pid) { return cpu_seconds_of(pid, NULL); }

static double resident_megabytes(int pid) {
    char path[64];
    unsigned long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    FILE *file = fopen(path, "r");
    if (!file) die(path);
    if (fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}
