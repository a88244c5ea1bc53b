package org.novagpubinder.host.proc;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import java.util.OptionalInt;
import org.novagpubinder.host.topology.IdSet;

/**
 * migrate_pages(2): moves the resident memory of a process from nodes to nodes. It takes no libvirt lock and changes no
 * policy, but the call lasts until the pages are moved: seconds for gigabytes. Pages that VFIO has pinned stay, without
 * an error. Needs CAP_SYS_NICE.
 *
 * <p>Called by its number: libnuma, which would wrap it, is not installed everywhere.
 */
public final class MigratePages implements PageMigration {

    /** What is needed of the C library. */
    interface LibC extends Library {
        NativeLong syscall(NativeLong number, Object... args);

        String strerror(int errno);
    }

    @Override
    public long migrate(int pid, IdSet from, IdSet to) throws HostCallException {
        String what = "migrate_pages of process " + pid + " from nodes " + from + " to nodes " + to;
        OptionalInt number = number(Platform.ARCH);
        if (number.isEmpty()) {
            throw new HostCallException(what + ": its number is not known for the architecture " + Platform.ARCH);
        }
        LibC libc = Native.load(Platform.C_LIBRARY_NAME, LibC.class);
        int words = Math.max(1, (Math.max(max(from), max(to)) + Long.SIZE) / Long.SIZE);
        try (Memory fromMask = mask(from, words);
                Memory toMask = mask(to, words)) {
            // the kernel reads one bit less than it is told (mm/mempolicy.c:get_nodes)
            NativeLong bits = new NativeLong((long) words * Long.SIZE + 1);
            long rest = libc.syscall(new NativeLong(number.getAsInt()), pid, bits, fromMask, toMask)
                    .longValue();
            if (rest < 0) {
                int errno = Native.getLastError();
                throw new HostCallException(what + ": " + libc.strerror(errno) + " (errno " + errno + ")");
            }
            return rest;
        }
    }

    /** By JNA's names of architectures; from Linux' syscall tables. */
    static OptionalInt number(String architecture) {
        return switch (architecture) {
            case "x86-64" -> OptionalInt.of(256);
            case "aarch64", "riscv64", "loongarch64" -> OptionalInt.of(238);
            case "ppc64", "ppc64le" -> OptionalInt.of(258);
            case "s390x" -> OptionalInt.of(287);
            default -> OptionalInt.empty();
        };
    }

    private static int max(IdSet ids) {
        return ids.stream().max().orElse(0);
    }

    private static Memory mask(IdSet ids, int words) {
        Memory memory = new Memory((long) words * Long.BYTES);
        memory.clear();
        for (int word = 0; word < words; word++) {
            int base = word * Long.SIZE;
            long bits = ids.stream()
                    .filter(id -> id >= base && id < base + Long.SIZE)
                    .mapToLong(id -> 1L << (id - base))
                    .reduce(0, (a, b) -> a | b);
            // as longs and not as bytes: a mask's words have the machine's byte order
            memory.setLong((long) word * Long.BYTES, bits);
        }
        return memory;
    }
}
