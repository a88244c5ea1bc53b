package org.novagpubinder.host.proc;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this process has of the C library's malloc. */
public final class NativeHeap {
    private static final Logger LOG = LoggerFactory.getLogger(NativeHeap.class);

    private NativeHeap() {}

    /**
     * Gives back to the kernel what was freed, such as the JVM's compiler's: glibc keeps it (malloc_trim(3)). Another C library
     * need not have this.
     */
    public static void trim() {
        try {
            Function.getFunction(Platform.C_LIBRARY_NAME, "malloc_trim").invokeInt(new Object[] {0});
        } catch (UnsatisfiedLinkError notGlibc) {
            LOG.debug("memory that was freed stays with this process", notGlibc);
        }
    }
}
