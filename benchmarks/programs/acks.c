/* A crowd whose every member asks and waits for the answer: what does an event with ack cost the server?
 *
 * usage: acks host= port= plan= server_pid= seconds= warmup= outstanding=PER_CLIENT event=NAME
 * Prints one JSON object. */
#include "crowd.h"

static const char *event;
static int outstanding;
static uint64_t acked, refused, *next_id, *oldest_at;
static Samples answers;

static void on_other(void *what) { (void)what; }

static void on_lost(WebSocket *s) { (void)s; lost_count++; }

static void ask(WebSocket *s) {
    char text[128];
    int length = snprintf(text, sizeof text, "42%llu[\"%s\",{}]", (unsigned long long)next_id[s->number]++, event);
    send_text(s, text, (size_t)length);
}

static void on_text(WebSocket *s, const char *text, size_t length, uint64_t now) {
    if (on_entering(s, text, length) || length < 3 || text[0] != '4' || text[1] != '3') return;
    if (memmem(text, length, "\"ok\":true", 9)) acked++;
    else if (!refused++) fprintf(stderr, "refused: %.*s\n", (int)length, text);
    /* Of each client one request at a time is timed. */
    uint64_t id = strtoull(text + 2, NULL, 10);
    if (id % (uint64_t)outstanding == 0) {
        if (oldest_at[s->number]) note(&answers, (now - oldest_at[s->number]) / 1000);
        oldest_at[s->number] = now;
    }
    ask(s);
}

int main(int argc, char **argv) {
    double seconds = atof(option(argc, argv, "seconds", NULL)), warmup = atof(option(argc, argv, "warmup", "1"));
    int server = atoi(option(argc, argv, "server_pid", NULL));
    event = option(argc, argv, "event", NULL);
    outstanding = atoi(option(argc, argv, "outstanding", NULL));
    begin_loop();
    read_plan(option(argc, argv, "plan", NULL));
    next_id = calloc((size_t)client_count, sizeof *next_id);
    oldest_at = calloc((size_t)client_count, sizeof *oldest_at);
    connect_crowd(option(argc, argv, "host", "127.0.0.1"), atoi(option(argc, argv, "port", NULL)));
    for (int i = 0; i < client_count; i++)
        for (int j = 0; j < outstanding; j++) ask(&sockets[i]);
    uint64_t from = now_ns() + (uint64_t)(warmup * 1e9);
    while (now_ns() < from) poll_once(1);
    uint64_t begin = acked, began = now_ns(), stop = began + (uint64_t)(seconds * 1e9);
    double kernel_before, kernel, cpu = cpu_seconds_of(server, &kernel_before);
    answers.count = 0;
    while (now_ns() < stop) poll_once(1);
    cpu = cpu_seconds_of(server, &kernel) - cpu;
    printf("{\"seconds\": %.3f, \"acked\": %llu, \"refused\": %llu, \"lost\": %d, \"cpu_seconds\": %.2f, "
           "\"kernel_seconds\": %.2f",
           (double)(now_ns() - began) / 1e9, (unsigned long long)(acked - begin), (unsigned long long)refused, lost_count,
           cpu, kernel - kernel_before);
    print_samples("answer_us", &answers);
    printf("}\n");
    return 0;
}
