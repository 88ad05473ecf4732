/* SPDX-License-Identifier: BSD-3-Clause */
#include "control/system/summer_time.h"

enum { DAY = 86400, WEEK_DAYS = 7, US_OFFSET = 60 };

void summer_time_default(struct summer_time *summer)
{
	summer->begin = (struct summer_end) { .month = 2, .week = 2, .minute = 120 };
	summer->end = (struct summer_end) { .month = 10, .week = 1, .minute = 120 };
	summer->offset = US_OFFSET;
}

static time_t midnight(int year, int month, int mday)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month, .tm_mday = mday };

	return timegm(&tm);
}

/* The moment in that year, by the clock that is in force before it. */
static time_t moment(const struct summer_end *e, int year)
{
	time_t first = midnight(year, e->month, 1), next = midnight(year, e->month + 1, 1), day;
	struct tm tm;

	if (e->year != 0)
		return midnight(e->year, e->month, e->mday) + e->minute * 60;
	gmtime_r(&first, &tm);
	day = first + (e->wday - tm.tm_wday + WEEK_DAYS) % WEEK_DAYS * DAY +
	      (e->week - 1) * (time_t)WEEK_DAYS * DAY;
	while (day >= next) /* the last one is the fourth or the fifth */
		day -= WEEK_DAYS * DAY;
	return day + e->minute * 60;
}

bool summer_time_is(const struct summer_time *summer, time_t standard)
{
	time_t begin, end;
	struct tm tm;

	if (!summer->on)
		return false;
	gmtime_r(&standard, &tm);
	begin = moment(&summer->begin, tm.tm_year + 1900);
	end = moment(&summer->end, tm.tm_year + 1900) - summer->offset * 60;
	if (begin <= end)
		return standard >= begin && standard < end;
	return standard >= begin || standard < end; /* of the south */
}
