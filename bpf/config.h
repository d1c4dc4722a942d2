/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The one set of constants, alone in its section: its image is struct kindling_config. */
#ifndef KINDLING_CONFIG_H
#define KINDLING_CONFIG_H

#include "events.h"

const volatile struct kindling_config config SEC(".rodata.config") = {};

#endif
