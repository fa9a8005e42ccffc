/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals that end a run. Handlers do nothing but set flags, ring and arm the alarm. */
#include "commands/stop.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/cleanup.h"

static volatile sig_atomic_t nr_signals, nr_alarms, last_signal, reopen;
static int bell = -1;

static void on_signal(int number)
{
	int saved = errno;

	nr_signals++;
	last_signal = number;
	eventfd_write(bell, 1);
	alarm(1);
	errno = saved;
}

static void on_hangup(int number)
{
	int saved = errno;

	(void)number;
	reopen = 1;
	eventfd_write(bell, 1);
	errno = saved;
}

static void on_alarm(int number)
{
	(void)number;
	nr_alarms++;
	alarm(1);
}

/* nohup(1) means a hangup to be ignored; that others are inherited as ignored is only how some shells run jobs. */
static bool is_to_stay_ignored(int number)
{
	struct sigaction old;

	return number == SIGHUP && sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

static int set_handler(int number, void (*handler)(int), struct error *err)
{
	/* No SA_RESTART: a blocked write must come back. */
	const struct sigaction action = {.sa_handler = handler};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	if (sigaction(number, &action, NULL) || sigprocmask(SIG_UNBLOCK, &set, NULL))
		return fail(err, -errno, "cannot catch signal %d: %m", number);
	return 0;
}

int stop_open(struct error *err)
{
	static const struct {
		int number;
		void (*handler)(int);
	} signals[] = {
		{SIGINT, on_signal}, {SIGTERM, on_signal}, {SIGHUP, on_signal},
		{SIGALRM, on_alarm}, {SIGPIPE, SIG_IGN},   {SIGXFSZ, SIG_IGN},
	};
	int r = 0;

	nr_signals = nr_alarms = last_signal = reopen = 0;
	bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bell < 0)
		return fail(err, -errno, "cannot make an eventfd: %m");
	for (size_t i = 0; r == 0 && i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!is_to_stay_ignored(signals[i].number))
			r = set_handler(signals[i].number, signals[i].handler, err);
	return r;
}

int stop_reopen_on_hangup(struct error *err)
{
	return set_handler(SIGHUP, on_hangup, err);
}

bool stop_take_reopen(void)
{
	eventfd_t rings;

	if (!reopen)
		return false;
	reopen = 0;
	/* Read before the end is looked for: a signal that comes now rings again. */
	if (!nr_signals)
		eventfd_read(bell, &rings);
	return true;
}

void stop_close(void)
{
	int fd = bell;

	alarm(0);
	bell = -1;
	cleanup_close(&fd);
}

bool stop_is_wanted(void)
{
	return nr_signals > 0;
}

int stop_take(void)
{
	int number = last_signal;
	eventfd_t rings;

	if (!number)
		return 0;
	last_signal = nr_signals = nr_alarms = 0;
	alarm(0);
	eventfd_read(bell, &rings);
	return number;
}

int stop_fd(void)
{
	return bell;
}

void stop_begin_patience(void)
{
	if (!nr_signals)
		alarm(1);
}

bool stop_is_urgent(void)
{
	return nr_signals > 1 || nr_alarms >= STOP_PATIENCE_S;
}
