/* busy CPU: four threads that compute and sleep in turn, all on that CPU, so that they stand in its queue. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *compute(void *share)
{
	for (;;) {
		for (volatile long i = 0; i < 300000 * (long)share; i++);
		usleep(500 * (long)share);
	}
	return 0;
}

int main(int count, char **arguments)
{
	pthread_t thread;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(count > 1 ? atoi(arguments[1]) : 0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	for (long i = 1; i < 5; i++)
		pthread_create(&thread, 0, compute, (void *)i);
	puts("busy");
	fflush(stdout);
	pause();
	return 0;
}
