#include <stddef.h>
#include <stdint.h>
#include <linux/types.h>

/* linux/coda.h */
typedef unsigned short u_short;
typedef unsigned long u_long;
typedef __kernel_ulong_t ino_t;
typedef void *caddr_t;
