/* crowd COUNT: so many threads, all blocked on one lock, then woken at once, then blocked again. Prints `ready`, at a line of input `done`. */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int waiting, turn;

static void *wait_twice(void *unused)
{
	pthread_mutex_lock(&lock);
	for (int mine = 1; mine <= 2; mine++) {
		waiting++;
		while (turn < mine)
			pthread_cond_wait(&changed, &lock);
	}
	pthread_mutex_unlock(&lock);
	return unused;
}

static void until_waiting(int count)
{
	for (;;) {
		pthread_mutex_lock(&lock);
		if (waiting >= count)
			break;
		pthread_mutex_unlock(&lock);
		usleep(1000);
	}
	pthread_mutex_unlock(&lock);
}

int main(int argument_count, char **arguments)
{
	int count = argument_count > 1 ? atoi(arguments[1]) : 100;
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN + 8192);
	for (int i = 0; i < count; i++)
		if (pthread_create(&thread, &small, wait_twice, 0))
			return 1;
	until_waiting(count);
	puts("ready");
	fflush(stdout);
	if (getchar() == EOF)
		return 1;
	pthread_mutex_lock(&lock);
	turn = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	until_waiting(2 * count);
	puts("done");
	fflush(stdout);
	pause();
	return 0;
}
