#pragma once
#include <stddef.h>
#include <linux/socket.h>

typedef __kernel_sa_family_t sa_family_t;

/* include/linux/socket.h */
#define sockaddr_storage __kernel_sockaddr_storage

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};
