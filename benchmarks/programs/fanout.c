/* A crowd that listens, and one publisher behind Redis: how much do deliveries cost the server in between?
 *
 * usage: fanout host= port= plan= redis_port= redis_password= templates= server_pid= seconds= warmup= mode=closed|open
 *               number=OUTSTANDING|PER_SECOND stalled=COUNT path= ready=
 * Closed: so many messages are under way, a next one leaves when one has reached its whole room. The first COUNT clients
 * stop reading when the measurement begins. Prints one JSON object. */
#include "crowd.h"
#include "publisher.h"

enum { SLOTS = 1 << 16 };

static Publisher publisher;
static uint32_t received[SLOTS], *expected; /* per message under way; per room */
static uint64_t sent_at[SLOTS], *last, completed, delivered, gaps, measured_from;
static int stalled, is_open, is_measuring;
static Samples deliveries;

static void on_lost(WebSocket *s) {
    if (s->number >= stalled) lost_count++;
}

static void on_other(void *what) { read_replies(what); }

static void on_delivery(int client, uint64_t number, uint64_t now) {
    if (last[client] && number + 1 != last[client] + (uint64_t)publisher.template_count) gaps++;
    last[client] = number + 1;
    delivered++;
    if (is_open && is_measuring && sent_at[number % SLOTS] >= measured_from)
        note(&deliveries, (now - sent_at[number % SLOTS]) / 1000);
    if (++received[number % SLOTS] == expected[number % (uint64_t)publisher.template_count]) {
        received[number % SLOTS] = 0;
        completed++;
    }
}

static void on_text(WebSocket *s, const char *text, size_t length, uint64_t now) {
    const char *end = text + length;
    if (on_entering(s, text, length) || s->number < stalled) return;
    /* Some servers put several messages into one frame. */
    while ((text = memchr(text, '@', (size_t)(end - text))) && end - text > DIGITS) {
        on_delivery(s->number, strtoull(text + 1, NULL, 10), now);
        text += DIGITS;
    }
}

static void publish_at(uint64_t due) {
    sent_at[publisher.published % SLOTS] = due;
    publish(&publisher);
}

int main(int argc, char **argv) {
    const char *host = option(argc, argv, "host", "127.0.0.1");
    double seconds = atof(option(argc, argv, "seconds", NULL)), warmup = atof(option(argc, argv, "warmup", "1"));
    double number = atof(option(argc, argv, "number", NULL));
    int server = atoi(option(argc, argv, "server_pid", NULL));
    is_open = !strcmp(option(argc, argv, "mode", "closed"), "open");
    path = option(argc, argv, "path", path);
    ready_mark = option(argc, argv, "ready", ready_mark);
    begin_loop();
    read_plan(option(argc, argv, "plan", NULL));
    read_templates(&publisher, option(argc, argv, "templates", NULL));
    expected = calloc((size_t)publisher.template_count, sizeof *expected);
    last = calloc((size_t)client_count, sizeof *last);
    connect_crowd(host, atoi(option(argc, argv, "port", NULL)));
    stalled = atoi(option(argc, argv, "stalled", "0"));
    for (int i = stalled; i < client_count; i++)
        if (clients[i].room < publisher.template_count) expected[clients[i].room]++;
    open_publisher(&publisher, host, atoi(option(argc, argv, "redis_port", NULL)),
                   option(argc, argv, "redis_password", ""));

    /* Some servers subscribe when their first client comes. */
    for (uint64_t until = now_ns() + 500000000u; now_ns() < until;) poll_once(10);

    uint64_t start = now_ns(), from = start + (uint64_t)(warmup * 1e9), stop = from + (uint64_t)(seconds * 1e9);
    uint64_t at_begin = 0, messages_at_begin = 0, next_look = 0, began = 0, now = start;
    double cpu = 0, kernel = 0, kernel_before = 0, before = resident_megabytes(server), highest = 0;
    for (; now < stop; now = now_ns()) {
        if (!is_measuring && now >= from) {
            is_measuring = 1;
            began = measured_from = now;
            at_begin = delivered;
            messages_at_begin = completed;
            cpu = cpu_seconds_of(server, &kernel_before);
            for (int i = 0; i < stalled; i++) watch(sockets[i].fd, &sockets[i], 0, EPOLL_CTL_MOD);
        }
        if (is_open)
            for (uint64_t due; (due = start + (uint64_t)((double)publisher.published * 1e9 / number)) <= now;) publish_at(due);
        else
            while (publisher.published - completed < (uint64_t)number) publish_at(now);
        flush_publisher(&publisher);
        poll_once(1);
        if (now >= next_look) {
            double resident = resident_megabytes(server);
            if (resident > highest) highest = resident;
            next_look = now + 100000000u;
        }
    }
    cpu = cpu_seconds_of(server, &kernel) - cpu;
    uint64_t measured = delivered - at_begin, messages = completed - messages_at_begin;
    int lost_while_measuring = lost_count, cut_off = 0;
    /* What is under way may still come; and the stalled see whether they were cut off. */
    for (int i = 0; i < stalled; i++) watch(sockets[i].fd, &sockets[i], EPOLLIN, EPOLL_CTL_MOD);
    for (uint64_t until = now_ns() + (stalled ? 3 : 10) * 1000000000ull; now_ns() < until;) {
        if (publisher.published == completed && !stalled) break;
        poll_once(10);
    }
    for (int i = 0; i < stalled; i++) cut_off += sockets[i].lost;
    printf("{\"seconds\": %.3f, \"messages\": %llu, \"deliveries\": %llu, \"cpu_seconds\": %.2f, \"kernel_seconds\": %.2f, \"gaps\": %llu, "
           "\"lost\": %d, \"unfinished\": %llu, \"cut_off\": %d, \"resident_before\": %.1f, \"resident_highest\": %.1f, "
           "\"resident_after\": %.1f",
           (double)(now - began) / 1e9, (unsigned long long)messages, (unsigned long long)measured, cpu,
           kernel - kernel_before, (unsigned long long)gaps, lost_while_measuring, (unsigned long long)(publisher.published - completed), cut_off,
           before, highest, resident_megabytes(server));
    print_samples("delivery_us", &deliveries);
    printf("}\n");
    return 0;
}
