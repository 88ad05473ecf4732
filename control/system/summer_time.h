/* SPDX-License-Identifier: BSD-3-Clause */
/* `clock summer-time`: when the clock is ahead of its time zone. */
#ifndef BW_CONTROL_SYSTEM_SUMMER_TIME_H
#define BW_CONTROL_SYSTEM_SUMMER_TIME_H

#include <stdbool.h>
#include <time.h>

enum { SUMMER_LAST = 5 }; /* the week that is the month's last */

/* A moment of each year, or of one. */
struct summer_end {
	int year;	/* 0: of each, by week and day of the week; else by date */
	int month;	/* 0 to 11 */
	int week, wday; /* 1 to SUMMER_LAST; 0 is Sunday */
	int mday;	/* 1 to 31 */
	int minute;	/* of the day, by the clock as it is then */
};

struct summer_time {
	bool on;
	char name[16];
	struct summer_end begin, end;
	int offset; /* minutes ahead */
};

/* IOS's default, the United States': second Sunday of March to first of November, 2:00. */
void summer_time_default(struct summer_time *summer);

/* Whether it is summer time; `standard` is seconds since 1970 plus the time zone's. */
bool summer_time_is(const struct summer_time *summer, time_t standard);

#endif
