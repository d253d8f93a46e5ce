#pragma once
#include <linux/types.h>

/* include/xen/interface/xen.h */
typedef __u16 domid_t;
typedef __u32 grant_ref_t;
typedef unsigned long xen_pfn_t;
