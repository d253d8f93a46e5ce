/* Makes the calls of a plan, one after the other, and kills itself by an illegal instruction: its calls are injected,
   so that it cannot exit. It has no libc, which would make calls of its own. A plan is an array of struct call. */

#define ARENA 0x10000000ul
#define ARENA_SIZE 4096
/* Where the stack pointer is during a call: what is read from there is the plan's, not what the kernel put there. */
#define STACK 0x10000100

struct call {
	unsigned long long nr;
	unsigned long long args[6];
	unsigned char memory[ARENA_SIZE];
};

__asm__(".section .rodata\n"
	".balign 16\n"
	"plan_begin: .incbin \"" PLAN "\"\n"
	"plan_end:\n"
	".section .arena,\"aw\",@nobits\n"
	".zero 4096\n"
	".text\n");

#ifndef __x86_64__
unsigned long stack;
#endif
extern const struct call plan_begin[], plan_end[];

static void make(const struct call *call)
{
	unsigned long r[7];
	r[6] = (unsigned long)call->nr;
	for (int i = 0; i < 6; i++)
		r[i] = (unsigned long)call->args[i];
#ifdef __x86_64__
	register unsigned long r10 __asm__("r10") = r[3], r8 __asm__("r8") = r[4], r9 __asm__("r9") = r[5];
	__asm__ volatile("mov %%rsp, %%rbx\n\t"
			 "mov %1, %%esp\n\t"
			 "syscall\n\t"
			 "mov %%rbx, %%rsp"
			 : "+a"(r[6])
			 : "i"(STACK), "D"(r[0]), "S"(r[1]), "d"(r[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rbx", "rcx", "r11", "memory");
#else
	/* All registers are taken: the compiler's own are on its stack meanwhile. */
	__asm__ volatile("pushal\n\t"
			 "mov 0(%0), %%ebx\n\t"
			 "mov 4(%0), %%ecx\n\t"
			 "mov 8(%0), %%edx\n\t"
			 "mov 12(%0), %%esi\n\t"
			 "mov 20(%0), %%ebp\n\t"
			 "mov 16(%0), %%edi\n\t"
			 "mov 24(%0), %%eax\n\t"
			 "mov %%esp, stack\n\t"
			 "mov %1, %%esp\n\t"
			 "int $0x80\n\t"
			 "mov stack, %%esp\n\t"
			 "popal"
			 :
			 : "a"(r), "i"(STACK)
			 : "memory");
#endif
}

void _start(void)
{
	for (const struct call *call = plan_begin; call < plan_end; call++) {
		volatile unsigned long long *to = (void *)ARENA;
		const unsigned long long *from = (const void *)call->memory;
		for (int i = 0; i < ARENA_SIZE / 8; i++)
			to[i] = from[i];
		make(call);
	}
	__builtin_trap();
}
