/* Runs a virtual processor until it halts. Ends with 77 if it may not, or on another machine than it is made for. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

int main(void) {
#ifdef __x86_64__
    /* mov $0x3f8, %dx; mov $10, %al; out %al, %dx; hlt */
    static const unsigned char code[] = {0xba, 0xf8, 0x03, 0xb0, 0x0a, 0xee, 0xf4};
    int kvm = open("/dev/kvm", O_RDWR), machine = ioctl(kvm, KVM_CREATE_VM, 0);
    int vcpu = ioctl(machine, KVM_CREATE_VCPU, 0), size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (kvm < 0 || machine < 0 || vcpu < 0 || size < 0)
        return 77;
    struct kvm_run *run = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    void *memory = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run == MAP_FAILED || memory == MAP_FAILED)
        return 77;
    memcpy(memory, code, sizeof code);
    struct kvm_userspace_memory_region region = {.memory_size = 4096, .userspace_addr = (unsigned long)memory};
    struct kvm_sregs special;
    struct kvm_regs registers = {.rflags = 2};
    if (ioctl(machine, KVM_SET_USER_MEMORY_REGION, &region) || ioctl(vcpu, KVM_GET_SREGS, &special))
        return 77;
    special.cs.base = special.cs.selector = 0;
    if (ioctl(vcpu, KVM_SET_SREGS, &special) || ioctl(vcpu, KVM_SET_REGS, &registers))
        return 77;
    for (int i = 0; i < 2; i++)
        if (ioctl(vcpu, KVM_RUN, 0))
            return 77;
    return 0;
#else
    return 77;
#endif
}
