#pragma once
#include <linux/time.h>

typedef __kernel_time_t time_t;
