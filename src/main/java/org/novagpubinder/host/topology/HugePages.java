package org.novagpubinder.host.topology;

/**
 * Huge pages of one size on one node.
 *
 * @param sizeKiB size of a page, KiB
 * @param total how many the node has
 * @param free how many are free
 */
public record HugePages(long sizeKiB, long total, long free) {}
