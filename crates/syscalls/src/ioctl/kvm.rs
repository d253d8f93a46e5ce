//! Virtual machines (`Documentation/virt/kvm/api.rst`).

use super::shape::is_shown;
use super::{Request, req};
use decode::prelude::*;
use uapi::consts::*;

/// Why a virtual processor stops (`struct kvm_run`).
static EXIT_REASONS: Names = names(
    "KVM_EXIT_???",
    &[
        KVM_EXIT_UNKNOWN,
        KVM_EXIT_EXCEPTION,
        KVM_EXIT_IO,
        KVM_EXIT_HYPERCALL,
        KVM_EXIT_DEBUG,
        KVM_EXIT_HLT,
        KVM_EXIT_MMIO,
        KVM_EXIT_IRQ_WINDOW_OPEN,
        KVM_EXIT_SHUTDOWN,
        KVM_EXIT_FAIL_ENTRY,
        KVM_EXIT_INTR,
        KVM_EXIT_SET_TPR,
        KVM_EXIT_TPR_ACCESS,
        KVM_EXIT_S390_SIEIC,
        KVM_EXIT_S390_RESET,
        KVM_EXIT_DCR,
        KVM_EXIT_NMI,
        KVM_EXIT_INTERNAL_ERROR,
        KVM_EXIT_OSI,
        KVM_EXIT_PAPR_HCALL,
        KVM_EXIT_S390_UCONTROL,
        KVM_EXIT_WATCHDOG,
        KVM_EXIT_S390_TSCH,
        KVM_EXIT_EPR,
        KVM_EXIT_SYSTEM_EVENT,
        KVM_EXIT_S390_STSI,
        KVM_EXIT_IOAPIC_EOI,
        KVM_EXIT_HYPERV,
        KVM_EXIT_ARM_NISV,
        KVM_EXIT_X86_RDMSR,
        KVM_EXIT_X86_WRMSR,
        KVM_EXIT_DIRTY_RING_FULL,
        KVM_EXIT_AP_RESET_HOLD,
        KVM_EXIT_X86_BUS_LOCK,
        KVM_EXIT_XEN,
        KVM_EXIT_RISCV_SBI,
        KVM_EXIT_RISCV_CSR,
        KVM_EXIT_NOTIFY,
        KVM_EXIT_LOONGARCH_IOCSR,
        KVM_EXIT_MEMORY_FAULT,
        KVM_EXIT_TDX,
        KVM_EXIT_ARM_SEA,
        KVM_EXIT_ARM_LDST64B,
        KVM_EXIT_SNP_REQ_CERTS,
    ],
);

static CAPABILITIES: Names = names(
    "KVM_CAP_???",
    &[
        KVM_CAP_IRQCHIP,
        KVM_CAP_HLT,
        KVM_CAP_MMU_SHADOW_CACHE_CONTROL,
        KVM_CAP_USER_MEMORY,
        KVM_CAP_SET_TSS_ADDR,
        KVM_CAP_VAPIC,
        KVM_CAP_EXT_CPUID,
        KVM_CAP_CLOCKSOURCE,
        KVM_CAP_NR_VCPUS,
        KVM_CAP_NR_MEMSLOTS,
        KVM_CAP_PIT,
        KVM_CAP_NOP_IO_DELAY,
        KVM_CAP_PV_MMU,
        KVM_CAP_MP_STATE,
        KVM_CAP_COALESCED_MMIO,
        KVM_CAP_SYNC_MMU,
        KVM_CAP_IOMMU,
        KVM_CAP_DESTROY_MEMORY_REGION_WORKS,
        KVM_CAP_USER_NMI,
        KVM_CAP_SET_GUEST_DEBUG,
        KVM_CAP_REINJECT_CONTROL,
        KVM_CAP_IRQ_ROUTING,
        KVM_CAP_IRQ_INJECT_STATUS,
        KVM_CAP_ASSIGN_DEV_IRQ,
        KVM_CAP_JOIN_MEMORY_REGIONS_WORKS,
        KVM_CAP_MCE,
        KVM_CAP_IRQFD,
        KVM_CAP_PIT2,
        KVM_CAP_SET_BOOT_CPU_ID,
        KVM_CAP_PIT_STATE2,
        KVM_CAP_IOEVENTFD,
        KVM_CAP_SET_IDENTITY_MAP_ADDR,
        KVM_CAP_XEN_HVM,
        KVM_CAP_ADJUST_CLOCK,
        KVM_CAP_INTERNAL_ERROR_DATA,
        KVM_CAP_VCPU_EVENTS,
        KVM_CAP_S390_PSW,
        KVM_CAP_PPC_SEGSTATE,
        KVM_CAP_HYPERV,
        KVM_CAP_HYPERV_VAPIC,
        KVM_CAP_HYPERV_SPIN,
        KVM_CAP_PCI_SEGMENT,
        KVM_CAP_PPC_PAIRED_SINGLES,
        KVM_CAP_INTR_SHADOW,
        KVM_CAP_DEBUGREGS,
        KVM_CAP_X86_ROBUST_SINGLESTEP,
        KVM_CAP_PPC_OSI,
        KVM_CAP_PPC_UNSET_IRQ,
        KVM_CAP_ENABLE_CAP,
        KVM_CAP_XSAVE,
        KVM_CAP_XCRS,
        KVM_CAP_PPC_GET_PVINFO,
        KVM_CAP_PPC_IRQ_LEVEL,
        KVM_CAP_ASYNC_PF,
        KVM_CAP_TSC_CONTROL,
        KVM_CAP_GET_TSC_KHZ,
        KVM_CAP_PPC_BOOKE_SREGS,
        KVM_CAP_SPAPR_TCE,
        KVM_CAP_PPC_SMT,
        KVM_CAP_PPC_RMA,
        KVM_CAP_MAX_VCPUS,
        KVM_CAP_PPC_HIOR,
        KVM_CAP_PPC_PAPR,
        KVM_CAP_SW_TLB,
        KVM_CAP_ONE_REG,
        KVM_CAP_S390_GMAP,
        KVM_CAP_TSC_DEADLINE_TIMER,
        KVM_CAP_S390_UCONTROL,
        KVM_CAP_SYNC_REGS,
        KVM_CAP_PCI_2_3,
        KVM_CAP_KVMCLOCK_CTRL,
        KVM_CAP_SIGNAL_MSI,
        KVM_CAP_PPC_GET_SMMU_INFO,
        KVM_CAP_S390_COW,
        KVM_CAP_PPC_ALLOC_HTAB,
        KVM_CAP_READONLY_MEM,
        KVM_CAP_IRQFD_RESAMPLE,
        KVM_CAP_PPC_BOOKE_WATCHDOG,
        KVM_CAP_PPC_HTAB_FD,
        KVM_CAP_S390_CSS_SUPPORT,
        KVM_CAP_PPC_EPR,
        KVM_CAP_ARM_PSCI,
        KVM_CAP_ARM_SET_DEVICE_ADDR,
        KVM_CAP_DEVICE_CTRL,
        KVM_CAP_IRQ_MPIC,
        KVM_CAP_PPC_RTAS,
        KVM_CAP_IRQ_XICS,
        KVM_CAP_ARM_EL1_32BIT,
        KVM_CAP_SPAPR_MULTITCE,
        KVM_CAP_EXT_EMUL_CPUID,
        KVM_CAP_HYPERV_TIME,
        KVM_CAP_IOAPIC_POLARITY_IGNORED,
        KVM_CAP_ENABLE_CAP_VM,
        KVM_CAP_S390_IRQCHIP,
        KVM_CAP_IOEVENTFD_NO_LENGTH,
        KVM_CAP_VM_ATTRIBUTES,
        KVM_CAP_ARM_PSCI_0_2,
        KVM_CAP_PPC_FIXUP_HCALL,
        KVM_CAP_PPC_ENABLE_HCALL,
        KVM_CAP_CHECK_EXTENSION_VM,
        KVM_CAP_S390_USER_SIGP,
        KVM_CAP_S390_VECTOR_REGISTERS,
        KVM_CAP_S390_MEM_OP,
        KVM_CAP_S390_USER_STSI,
        KVM_CAP_S390_SKEYS,
        KVM_CAP_MIPS_FPU,
        KVM_CAP_MIPS_MSA,
        KVM_CAP_S390_INJECT_IRQ,
        KVM_CAP_S390_IRQ_STATE,
        KVM_CAP_PPC_HWRNG,
        KVM_CAP_DISABLE_QUIRKS,
        KVM_CAP_X86_SMM,
        KVM_CAP_MULTI_ADDRESS_SPACE,
        KVM_CAP_GUEST_DEBUG_HW_BPS,
        KVM_CAP_GUEST_DEBUG_HW_WPS,
        KVM_CAP_SPLIT_IRQCHIP,
        KVM_CAP_IOEVENTFD_ANY_LENGTH,
        KVM_CAP_HYPERV_SYNIC,
        KVM_CAP_S390_RI,
        KVM_CAP_SPAPR_TCE_64,
        KVM_CAP_ARM_PMU_V3,
        KVM_CAP_VCPU_ATTRIBUTES,
        KVM_CAP_MAX_VCPU_ID,
        KVM_CAP_X2APIC_API,
        KVM_CAP_S390_USER_INSTR0,
        KVM_CAP_MSI_DEVID,
        KVM_CAP_PPC_HTM,
        KVM_CAP_SPAPR_RESIZE_HPT,
        KVM_CAP_PPC_MMU_RADIX,
        KVM_CAP_PPC_MMU_HASH_V3,
        KVM_CAP_IMMEDIATE_EXIT,
        KVM_CAP_MIPS_VZ,
        KVM_CAP_MIPS_TE,
        KVM_CAP_MIPS_64BIT,
        KVM_CAP_S390_GS,
        KVM_CAP_S390_AIS,
        KVM_CAP_SPAPR_TCE_VFIO,
        KVM_CAP_X86_DISABLE_EXITS,
        KVM_CAP_ARM_USER_IRQ,
        KVM_CAP_S390_CMMA_MIGRATION,
        KVM_CAP_PPC_FWNMI,
        KVM_CAP_PPC_SMT_POSSIBLE,
        KVM_CAP_HYPERV_SYNIC2,
        KVM_CAP_HYPERV_VP_INDEX,
        KVM_CAP_S390_AIS_MIGRATION,
        KVM_CAP_PPC_GET_CPU_CHAR,
        KVM_CAP_S390_BPB,
        KVM_CAP_GET_MSR_FEATURES,
        KVM_CAP_HYPERV_EVENTFD,
        KVM_CAP_HYPERV_TLBFLUSH,
        KVM_CAP_S390_HPAGE_1M,
        KVM_CAP_NESTED_STATE,
        KVM_CAP_ARM_INJECT_SERROR_ESR,
        KVM_CAP_MSR_PLATFORM_INFO,
        KVM_CAP_PPC_NESTED_HV,
        KVM_CAP_HYPERV_SEND_IPI,
        KVM_CAP_COALESCED_PIO,
        KVM_CAP_HYPERV_ENLIGHTENED_VMCS,
        KVM_CAP_EXCEPTION_PAYLOAD,
        KVM_CAP_ARM_VM_IPA_SIZE,
        KVM_CAP_MANUAL_DIRTY_LOG_PROTECT,
        KVM_CAP_HYPERV_CPUID,
        KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
        KVM_CAP_PPC_IRQ_XIVE,
        KVM_CAP_ARM_SVE,
        KVM_CAP_ARM_PTRAUTH_ADDRESS,
        KVM_CAP_ARM_PTRAUTH_GENERIC,
        KVM_CAP_PMU_EVENT_FILTER,
        KVM_CAP_ARM_IRQ_LINE_LAYOUT_2,
        KVM_CAP_HYPERV_DIRECT_TLBFLUSH,
        KVM_CAP_PPC_GUEST_DEBUG_SSTEP,
        KVM_CAP_ARM_NISV_TO_USER,
        KVM_CAP_ARM_INJECT_EXT_DABT,
        KVM_CAP_S390_VCPU_RESETS,
        KVM_CAP_S390_PROTECTED,
        KVM_CAP_PPC_SECURE_GUEST,
        KVM_CAP_HALT_POLL,
        KVM_CAP_ASYNC_PF_INT,
        KVM_CAP_LAST_CPU,
        KVM_CAP_SMALLER_MAXPHYADDR,
        KVM_CAP_S390_DIAG318,
        KVM_CAP_STEAL_TIME,
        KVM_CAP_X86_USER_SPACE_MSR,
        KVM_CAP_X86_MSR_FILTER,
        KVM_CAP_ENFORCE_PV_FEATURE_CPUID,
        KVM_CAP_SYS_HYPERV_CPUID,
        KVM_CAP_DIRTY_LOG_RING,
        KVM_CAP_X86_BUS_LOCK_EXIT,
        KVM_CAP_PPC_DAWR1,
        KVM_CAP_SET_GUEST_DEBUG2,
        KVM_CAP_SGX_ATTRIBUTE,
        KVM_CAP_VM_COPY_ENC_CONTEXT_FROM,
        KVM_CAP_PTP_KVM,
        KVM_CAP_HYPERV_ENFORCE_CPUID,
        KVM_CAP_SREGS2,
        KVM_CAP_EXIT_HYPERCALL,
        KVM_CAP_PPC_RPT_INVALIDATE,
        KVM_CAP_BINARY_STATS_FD,
        KVM_CAP_EXIT_ON_EMULATION_FAILURE,
        KVM_CAP_ARM_MTE,
        KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM,
        KVM_CAP_VM_GPA_BITS,
        KVM_CAP_XSAVE2,
        KVM_CAP_SYS_ATTRIBUTES,
        KVM_CAP_PPC_AIL_MODE_3,
        KVM_CAP_S390_MEM_OP_EXTENSION,
        KVM_CAP_PMU_CAPABILITY,
        KVM_CAP_DISABLE_QUIRKS2,
        KVM_CAP_VM_TSC_CONTROL,
        KVM_CAP_SYSTEM_EVENT_DATA,
        KVM_CAP_ARM_SYSTEM_SUSPEND,
        KVM_CAP_S390_PROTECTED_DUMP,
        KVM_CAP_X86_TRIPLE_FAULT_EVENT,
        KVM_CAP_X86_NOTIFY_VMEXIT,
        KVM_CAP_VM_DISABLE_NX_HUGE_PAGES,
        KVM_CAP_S390_ZPCI_OP,
        KVM_CAP_S390_CPU_TOPOLOGY,
        KVM_CAP_DIRTY_LOG_RING_ACQ_REL,
        KVM_CAP_S390_PROTECTED_ASYNC_DISABLE,
        KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP,
        KVM_CAP_PMU_EVENT_MASKED_EVENTS,
        KVM_CAP_COUNTER_OFFSET,
        KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE,
        KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES,
        KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES,
        KVM_CAP_USER_MEMORY2,
        KVM_CAP_MEMORY_FAULT_INFO,
        KVM_CAP_MEMORY_ATTRIBUTES,
        KVM_CAP_GUEST_MEMFD,
        KVM_CAP_VM_TYPES,
        KVM_CAP_PRE_FAULT_MEMORY,
        KVM_CAP_X86_APIC_BUS_CYCLES_NS,
        KVM_CAP_X86_GUEST_MODE,
        KVM_CAP_ARM_WRITABLE_IMP_ID_REGS,
        KVM_CAP_ARM_EL2,
        KVM_CAP_ARM_EL2_E2H0,
        KVM_CAP_RISCV_MP_STATE_RESET,
        KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED,
        KVM_CAP_GUEST_MEMFD_FLAGS,
        KVM_CAP_ARM_SEA_TO_USER,
        KVM_CAP_S390_USER_OPEREXEC,
        KVM_CAP_S390_KEYOP,
        KVM_CAP_S390_VSIE_ESAMODE,
        KVM_CAP_S390_HPAGE_2G,
    ],
);
static MEMORY_FLAGS: Names =
    names("KVM_MEM_???", &[KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY, KVM_MEM_GUEST_MEMFD]);
static CPUID_FLAGS: Names = names(
    "KVM_CPUID_FLAG_???",
    &[KVM_CPUID_FLAG_SIGNIFCANT_INDEX, KVM_CPUID_FLAG_STATEFUL_FUNC, KVM_CPUID_FLAG_STATE_READ_NEXT],
);

static REGION: Record = record(
    "kvm_userspace_memory_region",
    &[
        arg("slot", UINT),
        arg("flags", Flags(W4, &MEMORY_FLAGS)),
        arg("guest_phys_addr", X64),
        arg("memory_size", U64),
        arg("userspace_addr", X64),
    ],
);

/// The general registers of an x86 guest, in the order of the struct.
const REGISTERS: [&str; 18] = [
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
    "r15", "rip", "rflags",
];

/// Shows the general registers, abbreviated those that say where the guest is.
fn show_registers(cx: &mut Cx<'_>, addr: u64) {
    let mut bytes = [0; REGISTERS.len() * 8];
    if !is_shown(cx, addr) || !cx.read(addr, &mut bytes) {
        return cx.out.addr(addr);
    }
    let mut left_out = false;
    cx.out.open(Kind::Struct);
    for (name, value) in REGISTERS.iter().zip(bytes.chunks_exact(8)) {
        if cx.abbrev() && !["rax", "rsp", "rbp", "rip", "rflags"].contains(name) {
            left_out = true;
            continue;
        }
        if std::mem::take(&mut left_out) {
            cx.out.more();
        }
        cx.out.field(name);
        cx.out.hex(value.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b)));
    }
    cx.out.close(Kind::Struct);
}

static SEGMENT: Record = record(
    "kvm_segment",
    &[
        arg("base", X64),
        arg("limit", UINT),
        arg("selector", U16),
        arg("type", U8),
        arg("present", U8),
        arg("dpl", U8),
        arg("db", U8),
        arg("s", U8),
        arg("l", U8),
        arg("g", U8),
        arg("avl", U8),
        pad(2),
    ],
);
static TABLE: Record = record("kvm_dtable", &[arg("base", X64), arg("limit", U16), pad(6)]);
static WORD: Ty = X64;
static SPECIAL_REGISTERS: Record = record(
    "kvm_sregs",
    &[
        arg("cs", Struct(&SEGMENT)),
        arg("ds", Struct(&SEGMENT)).verbose(),
        arg("es", Struct(&SEGMENT)).verbose(),
        arg("fs", Struct(&SEGMENT)).verbose(),
        arg("gs", Struct(&SEGMENT)).verbose(),
        arg("ss", Struct(&SEGMENT)).verbose(),
        arg("tr", Struct(&SEGMENT)).verbose(),
        arg("ldt", Struct(&SEGMENT)).verbose(),
        arg("gdt", Struct(&TABLE)).verbose(),
        arg("idt", Struct(&TABLE)).verbose(),
        arg("cr0", U64).verbose(),
        arg("cr2", U64).verbose(),
        arg("cr3", U64).verbose(),
        arg("cr4", U64).verbose(),
        arg("cr8", U64).verbose(),
        arg("efer", U64).verbose(),
        arg("apic_base", X64).verbose(),
        arg("interrupt_bitmap", Array(&WORD, Len::Const(4))).verbose(),
    ],
);

static CPUID_ENTRY: Record = record(
    "kvm_cpuid_entry2",
    &[
        arg("function", X32),
        arg("index", X32),
        arg("flags", Flags(W4, &CPUID_FLAGS)),
        arg("eax", X32),
        arg("ebx", X32),
        arg("ecx", X32),
        arg("edx", X32),
        pad(12),
    ],
);
static CPUID_ENTRY_TY: Ty = Struct(&CPUID_ENTRY);

/// Shows what a processor says of itself: as many entries as the head of the struct tells, with `-v`.
fn show_cpuid(cx: &mut Cx<'_>, addr: u64) {
    /// `nent` and padding.
    const HEAD: usize = 8;
    let head = cx.read_uint(addr, HEAD).filter(|_| is_shown(cx, addr));
    let Some(head) = head else { return cx.out.addr(addr) };
    let count = head & 0xffff_ffff;
    cx.out.open(Kind::Struct);
    cx.out.field("nent");
    cx.out.uint(count);
    cx.out.field("entries");
    if cx.abbrev() {
        cx.out.open(Kind::Array);
        if count > 0 {
            cx.out.more();
        }
        cx.out.close(Kind::Array);
    } else {
        cx.array(&CPUID_ENTRY_TY, addr.wrapping_add(HEAD as u64), count);
    }
    cx.out.close(Kind::Struct);
}

/// What is read of it: a head with the number of entries, and these.
const CPUID_READS: &[Stretch] = &[Stretch::to(Start::Here, Struct(&CPUID))];
static CPUID: Record = record(
    "kvm_cpuid2",
    &[arg("nent", UINT), pad(4), arg("entries", Array(&CPUID_ENTRY_TY, Len::Field("nent")))],
);
static GOT_CPUID: decode::Hook = decode::Hook {
    dir: Out,
    show: |cx, addr| if cx.failed() { cx.out.addr(addr) } else { show_cpuid(cx, addr) },
    reads: CPUID_READS,
};
static GIVEN_CPUID: decode::Hook = decode::Hook { dir: In, show: show_cpuid, reads: CPUID_READS };
static REGISTERS_TY: Ty =
    Form(Len::Const(REGISTERS.len() as u32 * 8), |cx, addr, _| show_registers(cx, addr));
/// The name of the reason for which a virtual processor has stopped (`exit_reason` of `struct kvm_run`).
pub fn vcpu_exit_reason(reason: u32) -> Option<&'static str> {
    EXIT_REASONS.find(reason.into(), u64::MAX, uapi::Abi::X86_64)
}

/// Where `struct kvm_run` has its `exit_reason`.
const EXIT_REASON: u64 = 8;

/// Why a virtual processor has stopped.
static STOPPED: Ret = Ret::AuxHook(&Ret::Dec, &[], |cx| {
    let fd = cx.arg(0) as i32;
    let state = cx.vcpu_state(fd);
    let Some(reason) = state.and_then(|at| cx.read_uint(at.wrapping_add(EXIT_REASON), 4)) else { return };
    let name = vcpu_exit_reason(reason as u32).unwrap_or(EXIT_REASONS.unknown);
    cx.aux(|cx| {
        cx.out.aux_part("");
        cx.out.word(name);
    });
});

pub(super) static REQUESTS: &[Request] = &[
    req(KVM_RUN, XLONG).returning(STOPPED),
    req(KVM_CREATE_VM, XLONG).returning(Ret::Fd),
    req(KVM_CREATE_VCPU, UINT).returning(Ret::Fd),
    req(KVM_CHECK_EXTENSION, Enum(Long, &CAPABILITIES)),
    req(KVM_SET_USER_MEMORY_REGION, At(In, &Struct(&REGION))),
    req(KVM_GET_REGS, At(Out, &REGISTERS_TY)),
    req(KVM_SET_REGS, At(In, &REGISTERS_TY)),
    req(KVM_GET_SREGS, At(Out, &Struct(&SPECIAL_REGISTERS))),
    req(KVM_SET_SREGS, At(In, &Struct(&SPECIAL_REGISTERS))),
    req(KVM_GET_SUPPORTED_CPUID, Hook(&GOT_CPUID)),
    req(KVM_GET_EMULATED_CPUID, Hook(&GOT_CPUID)),
    req(KVM_SET_CPUID2, Hook(&GIVEN_CPUID)),
];
