package org.novagpubinder.host.proc;

import org.jspecify.annotations.Nullable;

/**
 * What /proc tells of a process' memory, by one look.
 *
 * @param sums what there is in all; null if that cannot be read
 * @param residency where it lies; null if that cannot be read
 * @param guestMemfd whether it holds memory that no file of /proc shows; looked for only where there is room for it
 */
public record MemoryLook(
        @Nullable ProcessMemory sums, @Nullable Residency residency, boolean guestMemfd) {}
