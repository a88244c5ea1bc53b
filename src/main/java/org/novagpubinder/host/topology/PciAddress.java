package org.novagpubinder.host.topology;

import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a PCI function.
 *
 * @param domain 0 to 0xffffffff (VMD and Hyper-V give domains beyond 16 bits)
 * @param bus 0 to 255
 * @param slot 0 to 31
 * @param function 0 to 7
 */
public record PciAddress(long domain, int bus, int slot, int function) implements Comparable<PciAddress> {
    private static final HexFormat HEX = HexFormat.of();
    private static final Pattern FORM =
            Pattern.compile("(?:([0-9a-fA-F]{1,8}):)?([0-9a-fA-F]{1,2}):([0-9a-fA-F]{1,2})\\.([0-7])");

    /** @throws IllegalArgumentException if a part is out of range */
    public PciAddress {
        if (domain < 0
                || domain > 0xffffffffL
                || bus < 0
                || bus > 255
                || slot < 0
                || slot > 31
                || function < 0
                || function > 7) {
            throw new IllegalArgumentException(
                    "no PCI address: domain " + domain + ", bus " + bus + ", slot " + slot + ", function " + function);
        }
    }

    /**
     * Reads {@code 0000:41:00.0}; without a domain ({@code 41:00.0}) it is 0.
     *
     * @throws IllegalArgumentException if the text has not this form
     */
    public static PciAddress parse(String text) {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no PCI address such as 0000:41:00.0");
        }
        return new PciAddress(
                m.group(1) == null ? 0 : Long.parseLong(m.group(1), 16),
                Integer.parseInt(m.group(2), 16),
                Integer.parseInt(m.group(3), 16),
                Integer.parseInt(m.group(4)));
    }

    /** Whether the text has the form that {@link #parse} reads. */
    public static boolean matches(String text) {
        return FORM.matcher(text).matches();
    }

    // each reading of the host puts hundreds into a map; those that a record has by itself take longer, and longest at
    // first
    @Override
    public boolean equals(Object o) {
        return o instanceof PciAddress other && domain == other.domain && inDomain() == other.inDomain();
    }

    @Override
    public int hashCode() {
        return Long.hashCode(domain << 16 ^ inDomain());
    }

    @Override
    public int compareTo(PciAddress o) {
        int byDomain = Long.compare(domain, o.domain);
        return byDomain != 0 ? byDomain : Integer.compare(inDomain(), o.inDomain());
    }

    private int inDomain() {
        return bus << 8 | slot << 3 | function;
    }

    /** sysfs' form, four hex digits of domain at least: {@code 0000:41:00.0}. */
    @Override
    public String toString() {
        String digits = domain > 0xffff ? Long.toHexString(domain) : HEX.toHexDigits(domain, 4);
        return digits + ':' + HEX.toHexDigits((byte) bus) + ':' + HEX.toHexDigits((byte) slot) + '.' + function;
    }
}
