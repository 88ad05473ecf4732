/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets that matched an access list's entry with `log`, told to control. Main lcore. */
#ifndef DATAPLANE_OBJECTS_ACL_LOG_H
#define DATAPLANE_OBJECTS_ACL_LOG_H

struct dp;

/*
 * Once a second, at the first call in it: what came since, alike packets as one, so many lines and
 * the number of the rest.
 */
void acl_log_poll(struct dp *dp);

#endif
