package org.novagpubinder.host.topology;

/** Huge pages of one size on one node. */
public record HugePages(long sizeKiB, long total, long free) {}
