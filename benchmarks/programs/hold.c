/* A crowd that only stays: what does a connection cost, and does the server give it all back?
 *
 * usage: hold host= port= plan= server_pid= rounds= settle=SECONDS
 * Each round connects everybody, waits, and leaves. Prints one JSON object, memory in MB. */
#include "crowd.h"

static int is_leaving;

static void on_other(void *what) { (void)what; }

static void on_lost(WebSocket *s) { (void)s; if (!is_leaving) lost_count++; }

static void on_text(WebSocket *s, const char *text, size_t length, uint64_t now) {
    (void)now;
    on_entering(s, text, length);
}

static void wait_seconds(double seconds) {
    for (uint64_t until = now_ns() + (uint64_t)(seconds * 1e9); now_ns() < until;) poll_once(10);
}

static void leave(void) {
    is_leaving = 1;
    for (int i = 0; i < client_count; i++) {
        lose(&sockets[i]);
        clients[i].is_ready = 0;
    }
    ready_count = 0;
    is_leaving = 0;
}

int main(int argc, char **argv) {
    int server = atoi(option(argc, argv, "server_pid", NULL)), rounds = atoi(option(argc, argv, "rounds", "1"));
    double settle = atof(option(argc, argv, "settle", "2"));
    begin_loop();
    read_plan(option(argc, argv, "plan", NULL));
    printf("{\"clients\": %d, \"before\": %.1f, \"rounds\": [", client_count, resident_megabytes(server));
    for (int round = 0; round < rounds; round++) {
        double cpu = cpu_seconds(server);
        uint64_t began = now_ns();
        connect_crowd(option(argc, argv, "host", "127.0.0.1"), atoi(option(argc, argv, "port", NULL)));
        double took = (double)(now_ns() - began) / 1e9;
        cpu = cpu_seconds(server) - cpu;
        wait_seconds(settle);
        double held = resident_megabytes(server);
        leave();
        wait_seconds(settle);
        printf("%s{\"connect_seconds\": %.2f, \"connect_cpu_seconds\": %.2f, \"held\": %.1f, \"left\": %.1f}",
               round ? ", " : "", took, cpu, held, resident_megabytes(server));
    }
    printf("], \"lost\": %d}\n", lost_count);
    return 0;
}
