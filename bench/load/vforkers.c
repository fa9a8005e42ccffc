/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vfork + exec + exit from several threads: the storm of a parallel build. Each target gets its thread's and its
 * own number.
 *
 *	vforkers THREADS COUNT TARGET [ARGUMENT...]	COUNT execs by each thread; prints `execs=N start=NS end=NS`
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct worker {
	pthread_t thread;
	unsigned int number;
	unsigned int count;
	unsigned int nr_execs; /* that ended with status 0 */
	char *const *target;   /* argv of the target, NULL-terminated */
};

static unsigned long long clock_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000ULL + (unsigned long long)t.tv_nsec;
}

static void *worker_run(void *data)
{
	struct worker *w = data;
	char thread[16], serial[16], *argv[64];
	unsigned int nr = 1;

	for (; w->target[nr] && nr < 60; nr++)
		argv[nr + 2] = w->target[nr];
	argv[0] = w->target[0], argv[1] = thread, argv[2] = serial, argv[nr + 2] = NULL;
	snprintf(thread, sizeof(thread), "%u", w->number);
	for (unsigned int i = 0; i < w->count; i++) {
		int status = -1;
		pid_t pid;

		snprintf(serial, sizeof(serial), "%010u", i);
		pid = vfork();
		if (pid == 0) {
			execve(argv[0], argv, environ);
			_exit(127);
		}
		if (pid > 0 && waitpid(pid, &status, 0) == pid && status == 0)
			w->nr_execs++;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned int nr_threads = argc > 3 ? (unsigned int)atoi(argv[1]) : 0;
	unsigned long long start_ns, execs = 0;
	struct worker *workers;

	if (!nr_threads || !(workers = calloc(nr_threads, sizeof(*workers)))) {
		fprintf(stderr, "usage: vforkers THREADS COUNT TARGET [ARGUMENT...]\n");
		return 2;
	}
	start_ns = clock_now_ns();
	for (unsigned int i = 0; i < nr_threads; i++) {
		workers[i].number = i;
		workers[i].count = (unsigned int)atoi(argv[2]);
		workers[i].target = argv + 3;
		if (pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]))
			return 1;
	}
	for (unsigned int i = 0; i < nr_threads; i++) {
		pthread_join(workers[i].thread, NULL);
		execs += workers[i].nr_execs;
	}
	printf("execs=%llu start=%llu end=%llu\n", execs, start_ns, clock_now_ns());
	free(workers);
	return 0;
}
